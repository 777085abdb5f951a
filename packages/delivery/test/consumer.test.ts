// A consumer on a partition in memory: what is claimed is delivered once and in order, whatever fails.
import type { RelayEvent, ResponseClass } from '@retention-relay/events'
import { expect, test } from 'vitest'

import { deferred } from '../src/deferred.ts'
import { claimedJob, identify, suppress, track } from './events.ts'
import { setupConsumer } from './consumer-setup.ts'
import type { ConsumerBench } from './consumer-setup.ts'
import { DELIVERED, refusal } from './scripted-destination.ts'

const idsOf = (events: readonly { readonly id?: string }[]): (string | undefined)[] =>
  events.map(({ id }) => id)

/** Lets time go on, the lease renewed, until the partition is empty. */
async function drained(
  { clock, partition, renew }: ConsumerBench,
  limitMs = 600_000,
): Promise<void> {
  for (let ms = 0; partition.wait.length + partition.active.length > 0; ms += 500) {
    if (ms > limitMs) throw new Error('the partition is not empty')
    renew()
    await clock.advance(500)
  }
}

test('what waits is delivered once, in order per customer, and counted', async () => {
  const bench = setupConsumer()
  const events = [track('a'), identify('b'), track('a'), suppress('b'), track('a'), track('c')]
  bench.partition.add(...events.slice(0, 3))
  bench.partition.add(...events.slice(3))
  const consumer = bench.start()
  await drained(bench)
  const applied = bench.destination.applied.filter(({ identifiers }) => identifiers.id === 'a')
  expect(idsOf(applied)).toEqual(idsOf([events[0]!, events[2]!, events[4]!]))
  expect(bench.destination.applied).toHaveLength(6)
  expect(bench.partition.counters).toMatchObject({ accepted: 6, delivered: 6, dead: 0 })
  expect([bench.recorder.accepted, bench.destination.mostInFlight]).toEqual([6, 1])
  await bench.clock.until(consumer.stop(8000, 10_000))
  expect(consumer.state).toBe('ended')
})

test('a customer’s next event waits for the acknowledgement of its last one while others go ahead', async () => {
  const bench = setupConsumer()
  const [first, second, other] = [track('a'), track('a'), track('b')]
  const acknowledgement = deferred()
  bench.partition.holdAnswers('settle', acknowledgement.promise)
  bench.partition.add(first, second)
  bench.start()
  await bench.clock.advance(1000)
  bench.partition.add(other)
  await bench.clock.advance(2000)
  expect(bench.destination.batches).toEqual([[first.id], [other.id]])
  acknowledgement.resolve()
  await bench.clock.advance(1000)
  expect(bench.destination.batches.at(-1)).toEqual([second.id])
})

test('the halves of a refused run of one customer wait for each other’s settles', async () => {
  const bench = setupConsumer()
  const run = Array.from({ length: 40 }, () => track('a'))
  const acknowledgement = deferred()
  bench.partition.holdAnswers('settle', acknowledgement.promise)
  bench.destination.answer = ({ operations }) => (operations.length > 20 ? refusal() : DELIVERED)
  bench.partition.add(...run)
  bench.start()
  await bench.clock.advance(2000)
  expect(bench.destination.batches.map((batch) => batch.length)).toEqual([40, 20])
  acknowledgement.resolve()
  await drained(bench)
  expect(idsOf(bench.destination.applied)).toEqual(idsOf(run))
})

test('a copy of an event under another customer is a duplicate, not a second delivery', async () => {
  const bench = setupConsumer()
  const event = track('guest')
  const next = track('account')
  bench.partition.add(event, track('account', { id: event.id }), next)
  bench.start()
  await drained(bench)
  expect(idsOf(bench.destination.applied)).toEqual([event.id, next.id])
  expect(bench.partition.counters).toMatchObject({ delivered: 2, duplicate: 1 })
  expect(bench.recorder.settles.reduce((sum, { duplicate }) => sum + duplicate, 0)).toBe(1)
})

test('a bad position is dead and the others of its job are delivered', async () => {
  const bench = setupConsumer()
  const events = [track('a'), { op: 'track' } as unknown as RelayEvent]
  bench.partition.add(...events)
  bench.start()
  await drained(bench)
  expect(bench.partition.deadLetters).toMatchObject([{ reason: 'malformed', attempts: 0 }])
  expect(bench.partition.counters).toMatchObject({ accepted: 2, delivered: 1, dead: 1 })
})

test('a paused partition gives nothing until it is resumed', async () => {
  const bench = setupConsumer()
  bench.partition.isPaused = true
  bench.partition.add(track('a'))
  bench.start()
  await bench.clock.advance(5000)
  expect(bench.destination.sent).toEqual([])
  bench.partition.isPaused = false
  await drained(bench)
  expect(bench.destination.applied).toHaveLength(1)
})

test('a job of a newer format is held with an alert; what stood before it is delivered, nothing behind it', async () => {
  const bench = setupConsumer()
  const [before, behind] = [track('a'), track('b')]
  bench.partition.add(before)
  const newer = claimedJob([track('c')], { claims: 0, data: Buffer.from('{"v":2}') })
  bench.partition.addJob(newer)
  bench.partition.add(behind)
  const consumer = bench.start()
  await bench.clock.advance(5000)
  expect(idsOf(bench.destination.applied)).toEqual([before.id])
  expect(bench.recorder.pauses).toEqual(['newer_format'])
  await bench.clock.until(consumer.stop(1000, 2000))
  expect(bench.partition.wait.map(({ id }) => id)[0]).toBe(newer.id)
  expect([bench.partition.wait.length, bench.parts.budget.free]).toEqual([2, 1_000_000])
})

test('an event that is put aside holds its customer only, and dies when others are accepted', async () => {
  const bench = setupConsumer()
  const [bad, next, other] = [track('a'), track('a'), track('b')]
  bench.destination.answer = ({ operations }): ResponseClass =>
    operations.some(({ id }) => id === bad.id) ? refusal(false) : DELIVERED
  bench.partition.add(bad, next, other)
  bench.start()
  await drained(bench)
  expect(idsOf(bench.destination.applied)).toEqual([other.id, next.id])
  expect(bench.partition.deadLetters).toMatchObject([{ id: bad.id, reason: 'rejected' }])
})

test('bytes of jobs are given back when they leave, those settled before they were claimed too', async () => {
  const bench = setupConsumer()
  bench.partition.addJob(claimedJob([track('a')], { claims: 1, settled: 'd' }))
  bench.partition.add(track('b'))
  bench.start()
  await drained(bench)
  expect(bench.parts.budget.free).toBe(1_000_000)
  expect(bench.partition.counters.delivered).toBe(1)
})

test('when other partitions hold all the bytes, one that holds nothing still goes on, a job at a time', async () => {
  const bench = setupConsumer()
  bench.parts.budget.hold(1_000_000)
  const events = [track('a'), track('b')]
  for (const event of events) bench.partition.add(event)
  bench.start()
  await drained(bench)
  expect(bench.destination.batches).toEqual(events.map(({ id }) => [id]))
})
