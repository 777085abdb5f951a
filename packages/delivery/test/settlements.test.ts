// The account of held jobs and of settles whose fate is not known.
import { expect, test } from 'vitest'

import { deliveredOutcome } from '../src/outcomes.ts'
import type { HeldJob, PendingEvent } from '../src/pending-event.ts'
import { holdJob, pendEvent } from '../src/pending-event.ts'
import type { SettleRequest } from '../src/ports.ts'
import { Settlements } from '../src/settlements.ts'
import type { Outcome } from '../src/settlements.ts'
import { SendHistories } from '../src/send-histories.ts'
import { claimedJob, track } from './events.ts'
import { FakeClock } from './fake-clock.ts'
import { FakePartition } from './fake-partition.ts'

/** Keeps every settle as it arrives. */
class Listening extends FakePartition {
  readonly requests: SettleRequest[] = []

  override async settle(request: SettleRequest): Promise<'settled' | 'lost'> {
    this.requests.push(request)
    return await super.settle(request)
  }
}

const setup = () => {
  const queue = new Listening(new FakeClock())
  queue.token = 'w#1'
  const settlements = new Settlements(queue)
  const hold = (count: number): { job: HeldJob; pending: PendingEvent[] } => {
    const events = Array.from({ length: count }, () => track('a'))
    const claimed = claimedJob(events)
    queue.active.push(claimed)
    const job = holdJob(claimed, count)
    settlements.hold(job)
    const { of } = new SendHistories()
    return { job, pending: events.map((event, position) => pendEvent(event, job, position, of)) }
  }
  const finished: HeldJob[] = []
  const write = (...outcomes: Outcome[]): Promise<'settled' | 'lost'> =>
    settlements.write('w#1', outcomes, (job) => finished.push(job))
  return { queue, settlements, hold, write, finished }
}

const delivered = (pending: PendingEvent): Outcome => deliveredOutcome(pending, 'delivered')

test('a job is held until the settle of its last position is written, not until it is acknowledged', async () => {
  const { queue, settlements, hold, write, finished } = setup()
  const { job, pending } = hold(2)
  const first = write(delivered(pending[1]!))
  expect([settlements.held, queue.active.length]).toEqual([1, 1])
  const second = write(delivered(pending[0]!))
  expect([settlements.held, queue.active.length, finished]).toEqual([0, 0, [job]])
  expect(settlements.unacknowledged).toBe(2)
  expect(await Promise.all([first, second])).toEqual(['settled', 'settled'])
  expect(settlements.unacknowledged).toBe(0)
})

test('the outcomes of one job travel together', async () => {
  const { queue, hold, write } = setup()
  const [one, other] = [hold(2), hold(1)]
  await write(...[one.pending[0]!, other.pending[0]!, one.pending[1]!].map(delivered))
  const positions = queue.requests[0]!.jobs.map((job) => job.positions.map((item) => item.position))
  expect(positions).toEqual([[0, 1], [0]])
})

test.each(['before', 'after'] as const)(
  'settles that failed %s they took effect are repeated in their order, and then forgotten',
  async (fault) => {
    const { queue, settlements, hold, write } = setup()
    const { pending } = hold(2)
    for (const _ of pending) queue.failNext('settle', fault)
    const writes = pending.map((one) => write(delivered(one)))
    expect((await Promise.allSettled(writes)).map(({ status }) => status)).toEqual([
      'rejected',
      'rejected',
    ])
    expect(settlements.unacknowledged).toBe(2)
    const told: Outcome[] = []
    await settlements.repeat((outcomes) => told.push(...outcomes))
    expect(queue.requests.slice(2)).toEqual(queue.requests.slice(0, 2))
    expect([settlements.unacknowledged, queue.counters.delivered]).toEqual([0, 2])
    expect(told.map((outcome) => outcome.pending)).toEqual(pending)
    await settlements.repeat(() => expect.unreachable())
    expect(queue.requests).toHaveLength(4)
  },
)

test('a repetition that fails keeps what is left for the next one', async () => {
  const { queue, settlements, hold, write } = setup()
  const { pending } = hold(2)
  queue.isDown = true
  await Promise.allSettled(pending.map((one) => write(delivered(one))))
  await expect(settlements.repeat(() => undefined)).rejects.toThrow('ECONNRESET')
  expect(settlements.unacknowledged).toBe(2)
  queue.comeBack()
  await settlements.repeat(() => undefined)
  expect([settlements.unacknowledged, queue.counters.delivered]).toEqual([0, 2])
})

test('a settle that is answered with lost is acknowledged: the dedupe store has it', async () => {
  const { queue, settlements, hold, write } = setup()
  const { pending } = hold(1)
  queue.token = 'other#1'
  expect(await write(delivered(pending[0]!))).toBe('lost')
  expect([settlements.unacknowledged, queue.members.has(pending[0]!.member)]).toEqual([0, true])
})

test('a job whose positions were all settled before is cleared away by an empty settle', async () => {
  const { queue, settlements, hold } = setup()
  const { job } = hold(1)
  await settlements.clear('w#1', job)
  expect(settlements.held).toBe(0)
  expect(queue.requests[0]?.jobs).toEqual([{ jobId: job.id, count: 1, positions: [] }])
})

test('forgetting the held jobs gives their bytes, and those of finished ones not again', async () => {
  const { settlements, hold, write } = setup()
  const [one, other] = [hold(1), hold(3)]
  await write(delivered(one.pending[0]!))
  expect(settlements.forgetJobs()).toBe(other.job.bytes)
  expect([settlements.held, settlements.forgetJobs()]).toEqual([0, 0])
})
