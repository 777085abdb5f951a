// The account of held jobs and of settles without an acknowledgement.
import { expect, test } from 'vitest'

import { deliveredOutcome } from '../src/outcomes.ts'
import { holdJob, pendEvent } from '../src/pending-event.ts'
import { Settlements } from '../src/settlements.ts'
import type { Outcome } from '../src/settlements.ts'
import { track } from './events.ts'
import { FakeClock } from './fake-clock.ts'
import { FakePartition } from './fake-partition.ts'

const TOKEN = 'worker#1'

/** Two claimed jobs of two events each, held. */
const setup = async () => {
  const partition = new FakePartition(new FakeClock())
  partition.token = TOKEN
  const settlements = new Settlements(partition)
  const jobs = [0, 1].map(() => {
    const events = [track('a'), track('b')]
    const job = holdJob(partition.add(...events), events.length)
    settlements.hold(job)
    return events.map((event, position) => {
      return deliveredOutcome(pendEvent(event, job, position), 'delivered')
    })
  })
  await partition.claim({ token: TOKEN, maxJobs: 9, maxBytes: 1e6, held: 0 })
  const [first = [], second = []] = jobs
  const finished: string[] = []
  const write = async (outcomes: readonly Outcome[], token = TOKEN) =>
    await settlements.write(token, outcomes, (job) => finished.push(job.id))
  return { partition, settlements, first, second, finished, write }
}

test('a job is held until the settle of its last position is written, acknowledged or not', async () => {
  const { settlements, first, second, finished, write } = await setup()
  expect(settlements.held).toBe(2)
  await write(first.slice(0, 1))
  expect([settlements.held, finished]).toEqual([2, []])
  const written = write([...first.slice(1), ...second.slice(0, 1)])
  expect([settlements.held, finished]).toEqual([1, [first[0]!.job.id]])
  expect(settlements.unacknowledged).toBe(1)
  await written
  expect(settlements.unacknowledged).toBe(0)
})

test('the number of held jobs is what a claim that is written behind the settle must find', async () => {
  const { partition, settlements, first, write } = await setup()
  const settled = write(first)
  const claim = partition.claim({ token: TOKEN, maxJobs: 9, maxBytes: 1e6, held: settlements.held })
  expect(await claim).toEqual({ kind: 'claimed', jobs: [] })
  expect(await settled).toBe('settled')
})

test.each(['before', 'after'] as const)(
  'a settle that fails %s it takes effect is kept, and repeated until it is acknowledged',
  async (fault) => {
    const { partition, settlements, first, write } = await setup()
    partition.failNext('settle', fault)
    await expect(write(first)).rejects.toThrow(/ECONNRESET|lost/)
    expect(settlements.unacknowledged).toBe(1)
    partition.failNext('settle', fault)
    await expect(settlements.repeat()).rejects.toThrow(/ECONNRESET|lost/)
    expect(settlements.unacknowledged).toBe(1)
    await settlements.repeat()
    expect(settlements.unacknowledged).toBe(0)
    expect(partition.counters.delivered).toBe(2)
    expect(partition.active).toHaveLength(1)
  },
)

test('settles are repeated in their order, each with the token under which it was written', async () => {
  const { partition, settlements, first, second, write } = await setup()
  partition.isDown = true
  await expect(write(first)).rejects.toThrow(/ECONNRESET|lost/)
  await expect(write(second, 'worker#0')).rejects.toThrow(/ECONNRESET|lost/)
  partition.isDown = false
  await settlements.repeat()
  expect(settlements.unacknowledged).toBe(0)
  expect(partition.counters.delivered).toBe(2)
  expect(partition.members.size).toBe(4)
})

test('a lost settle is an answer: it is not repeated', async () => {
  const { settlements, first, write } = await setup()
  expect(await write(first, 'worker#0')).toBe('lost')
  expect(settlements.unacknowledged).toBe(0)
})

test('a job whose positions were all settled before is cleared away by an empty settle', async () => {
  const { partition, settlements, first, finished } = await setup()
  const { job } = first[0]!
  partition.active = partition.active.map((one) => {
    return one.id === job.id ? { ...one, settled: 'dd' } : one
  })
  await settlements.clear(TOKEN, job)
  expect(settlements.held).toBe(1)
  expect(partition.active).toHaveLength(1)
  expect([partition.counters.delivered, finished]).toEqual([0, []])
})

test('jobs that are requeued are forgotten, with the bytes that they held', async () => {
  const { settlements, first, second, write } = await setup()
  await write(first)
  expect(settlements.forgetJobs()).toBe(second[0]!.job.bytes)
  expect(settlements.held).toBe(0)
  expect(settlements.forgetJobs()).toBe(0)
})

test('a settle that is repeated after its jobs were forgotten finishes no job', async () => {
  const { partition, settlements, first, finished, write } = await setup()
  partition.failNext('settle', 'before')
  await expect(write(first.slice(0, 1))).rejects.toThrow(/ECONNRESET|lost/)
  settlements.forgetJobs()
  await settlements.repeat()
  expect(finished).toEqual([])
  expect(partition.counters.delivered).toBe(1)
})
