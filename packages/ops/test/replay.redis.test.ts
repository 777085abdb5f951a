// Dead letters that are sent again: as a job that BullMQ stores, the relay's scripts claim and settle counts.

import type { TrackEvent } from '@retention-relay/events'
import type { DeadLetterRecord } from '@retention-relay/events'
import { startTestRedis } from '@retention-relay/testkit'
import type { TestRedis } from '@retention-relay/testkit'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'

import { listDeadLetters, readStatus, replayDeadLetter, showDeadLetter } from '../src/index.ts'
import type { ReplayResult } from '../src/index.ts'
import { makeEvent, RelayBench } from './relay-bench.ts'
import type { TestConsumer } from './relay-bench.ts'

let redis: TestRedis
let count = 0
const open: RelayBench[] = []

beforeAll(async () => {
  redis = await startTestRedis()
})
afterEach(async () => {
  for (const bench of open.splice(0)) await bench.close()
})
afterAll(async () => redis.stop())

interface Setup {
  bench: RelayBench
  consumer: TestConsumer
  event: TrackEvent
  replay: (nowMs?: number) => Promise<ReplayResult | null>
}

/** One dead letter in partition 1. */
async function setup(record: Partial<DeadLetterRecord> = {}): Promise<Setup> {
  count += 1
  const bench = await RelayBench.open(redis, `replay-${count}`)
  open.push(bench)
  const event = makeEvent('cus_1')
  const consumer = await bench.lease(1)
  await bench.add(1, [event])
  await consumer.settle(await consumer.claimOne(), 0, 'dead', record)
  const id = record.id ?? event.id
  const replay: Setup['replay'] = async (nowMs) =>
    replayDeadLetter(bench.connection, bench.namespace, id, nowMs)
  return { bench, consumer, event, replay }
}

test('a replayed event is claimed once more as it was, and its delivery resolves the letter', async () => {
  const { bench, consumer, event, replay } = await setup()
  const result = await replay()
  expect(result).toMatchObject({ kind: 'replayed', id: event.id, partition: 1, warnings: [] })
  const waiting = await readStatus(bench.connection, bench.namespace)
  expect(waiting?.totals).toMatchObject({
    replaying: { events: 1, exact: true },
    pending: { events: 0 },
    balance: { kind: 'balanced' },
  })

  const job = await consumer.claimOne()
  expect(job).toMatchObject({ name: 'replay-1', claims: 1 })
  expect(JSON.parse(job.data.toString())).toEqual({ v: 1, ns: bench.namespace, events: [event] })
  const claimed = await readStatus(bench.connection, bench.namespace)
  expect(claimed?.totals.balance).toEqual({ kind: 'balanced' })
  await consumer.settle(job, 0, 'delivered')

  const [letter] = (await showDeadLetter(bench.connection, bench.namespace, event.id)) ?? []
  expect(letter).toMatchObject({ state: 'resolved', resolvedBy: 'delivered' })
  const status = await readStatus(bench.connection, bench.namespace)
  expect(status?.totals).toMatchObject({
    counters: { accepted: 1, replayed: 1, delivered: 1, duplicate: 0, dead: 0, deaths: 1 },
    balance: { kind: 'balanced' },
  })
  expect(status?.findings).toEqual([])
})

test('an event that dies again may be sent again, under another job', async () => {
  const { bench, consumer, event, replay } = await setup()
  const first = await replay()
  await consumer.settle(await consumer.claimOne(), 0, 'dead', { message: 'again' })
  const second = await replay()
  expect([first?.kind, second?.kind]).toEqual(['replayed', 'replayed'])
  expect(second).not.toMatchObject({ jobId: (first as { jobId: string }).jobId })
  const status = await readStatus(bench.connection, bench.namespace)
  expect(status?.totals).toMatchObject({
    counters: { accepted: 1, replayed: 1, delivered: 0, duplicate: 0, dead: 1, deaths: 2 },
    balance: { kind: 'balanced' },
  })
  const [letter] = (await showDeadLetter(bench.connection, bench.namespace, event.id)) ?? []
  expect(letter).toMatchObject({ state: 'dead', deaths: 2, record: { message: 'again' } })
})

test('ten people who replay one letter at the same time add one job', async () => {
  const { bench, consumer, replay } = await setup()
  await Promise.all(Array.from({ length: 10 }, async () => replay()))
  expect(await consumer.claim()).toHaveLength(1)
  expect(await bench.client.llen(bench.keys(1).wait)).toBe(0)
})

test('a replay that comes after a service has sent the event again leaves the counts balanced', async () => {
  const { bench, consumer, event, replay } = await setup()
  await bench.add(1, [event])
  expect(await replay()).toMatchObject({ kind: 'replayed' })
  await consumer.settle(await consumer.claimOne(), 0, 'delivered')
  await consumer.settle(await consumer.claimOne(), 0, 'duplicate')
  const status = await readStatus(bench.connection, bench.namespace)
  expect(status?.totals.counters).toMatchObject({ delivered: 1, replayed: 1, dead: 0, deaths: 1 })
  expect(status?.totals.balance).toEqual({ kind: 'balanced' })
})

test('a letter that is on its way again is refused', async () => {
  const { replay } = await setup()
  await replay()
  expect(await replay()).toMatchObject({ kind: 'refused', reason: 'under_way' })
})

test('a resolved letter is refused', async () => {
  const { consumer, replay } = await setup()
  await replay()
  await consumer.settle(await consumer.claimOne(), 0, 'delivered')
  expect(await replay()).toMatchObject({ kind: 'refused', reason: 'resolved' })
  expect(await consumer.claim()).toEqual([])
})

test('what could not be read is refused, since there is no event to send', async () => {
  const { replay } = await setup({ id: 'c-x.0', reason: 'malformed', event: undefined as never })
  expect(await replay()).toMatchObject({ kind: 'refused', reason: 'no_event' })
})

test('an event of another namespace is refused, since it would reach the wrong people', async () => {
  const { replay } = await setup({ reason: 'wrong_environment' })
  expect(await replay()).toMatchObject({ kind: 'refused', reason: 'wrong_environment' })
})

test('an unknown id is not found, and a namespace that nobody has opened has none', async () => {
  const { bench } = await setup()
  const { connection, namespace } = bench
  expect(await replayDeadLetter(connection, namespace, 'nobody')).toEqual({ kind: 'not_found' })
  expect(await replayDeadLetter(connection, 'never-opened', 'nobody')).toBeNull()
})

test('a person is warned that it may have been delivered, and that it is too old for campaigns', async () => {
  const { event, replay } = await setup({ maybeDelivered: true })
  const result = await replay(event.occurredAt + 72 * 3_600_000 + 1)
  expect(result).toMatchObject({ warnings: ['maybe_delivered', 'too_old_for_campaigns'] })
})

test('while Redis refuses writes the letter stays, and the error says that asking again is safe', async () => {
  const { bench, event, replay } = await setup()
  await bench.client.config('SET', 'maxmemory', '1')
  try {
    await expect(replay()).rejects.toMatchObject({ code: 'RELAY_ENQUEUE_REFUSED', retryable: true })
  } finally {
    await bench.client.config('SET', 'maxmemory', '0')
  }
  const page = await listDeadLetters(bench.connection, bench.namespace)
  expect(page?.letters.map(({ id }) => id)).toEqual([event.id])
  expect(await replay()).toMatchObject({ kind: 'replayed' })
})
