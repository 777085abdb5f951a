// Events that lose their sense while they wait, seen through a consumer on a partition in memory.
import { retentionPlan, timeRules } from '@retention-relay/events'
import type { RelayEvent, ResponseClass, TrackEvent } from '@retention-relay/events'
import { expect, test } from 'vitest'

import type { ConsumerBench } from './consumer-setup.ts'
import { forMs, setupConsumer, startConsumer } from './consumer-setup.ts'
import { NAMESPACE, track } from './events.ts'
import { DELIVERED, UNAVAILABLE } from './scripted-destination.ts'

const HOUR_MS = 3_600_000
const rules = timeRules(retentionPlan, NAMESPACE)
const UNKNOWN = { ...UNAVAILABLE, unknownOutcome: true } as ResponseClass

const checkout = (changes: Partial<TrackEvent> = {}): TrackEvent =>
  track('guest', { name: 'checkout_started', data: { checkout_id: 'co-1' }, ...changes })

/** Places an order of the checkout: its tombstones stand. */
function place(bench: ConsumerBench, occurredAt: number): TrackEvent {
  const order = track('account', { occurredAt, data: { order_id: 'o-1', checkout_id: 'co-1' } })
  for (const mark of rules.tombstonesOf(order)!.marks) bench.partition.stones.set(mark, occurredAt)
  bench.partition.add(order)
  return order
}

const deaths = (bench: ConsumerBench): [string, string][] =>
  bench.partition.deadLetters.map(({ id, reason }) => [id, reason])

const appliedIds = (bench: ConsumerBench): (string | undefined)[] =>
  bench.destination.applied.map(({ id }) => id)

test('a checkout whose order is placed while the destination is out is not sent', async () => {
  const bench = setupConsumer()
  const early = checkout()
  let isOut = true
  bench.destination.answer = () => (isOut ? UNAVAILABLE : DELIVERED)
  bench.partition.add(early)
  startConsumer(bench)
  await forMs(bench, 5_000)
  const order = place(bench, early.occurredAt + 1)
  isOut = false
  await forMs(bench, 60_000)
  expect(deaths(bench)).toEqual([[early.id, 'superseded']])
  expect(appliedIds(bench)).toEqual([order.id])
  expect(bench.partition.counters).toEqual({ accepted: 2, delivered: 1, duplicate: 0, dead: 1 })
})

test('a checkout that was begun after the order is sent', async () => {
  const bench = setupConsumer()
  const later = checkout()
  const order = place(bench, later.occurredAt - 1)
  bench.partition.add(later)
  startConsumer(bench)
  await forMs(bench, 2_000)
  expect(new Set(appliedIds(bench))).toEqual(new Set([order.id, later.id]))
})

test('a checkout that may have been delivered is not sent again after its order, and its dead letter says so', async () => {
  const bench = setupConsumer()
  const early = checkout()
  let isOut = true
  bench.destination.answer = () => (isOut ? UNKNOWN : DELIVERED)
  bench.partition.add(early)
  startConsumer(bench)
  await forMs(bench, 1_000)
  const order = place(bench, early.occurredAt + 1)
  isOut = false
  await forMs(bench, 60_000)
  expect(bench.partition.deadLetters).toMatchObject([
    { id: early.id, reason: 'superseded', maybeDelivered: true },
  ])
  expect(appliedIds(bench)).toEqual([order.id])
})

test('a superseded event does not hold its customer up', async () => {
  const bench = setupConsumer()
  const early = checkout()
  place(bench, early.occurredAt + 1)
  const next = track('guest')
  bench.partition.add(early, next)
  startConsumer(bench)
  await forMs(bench, 2_000)
  expect(appliedIds(bench)).toContain(next.id)
})

test('an event that is too old when its turn comes is a dead letter, one that is not is sent', async () => {
  const bench = setupConsumer()
  const now = bench.clock.wall()
  const aged = (name: string, hours: number): RelayEvent =>
    track(`${name}-${hours}`, { name, occurredAt: now - hours * HOUR_MS, data: {} })
  const [cold, warm, order] = [
    aged('product_viewed', 7),
    aged('product_viewed', 5),
    aged('order_placed', 500),
  ]
  bench.partition.add(cold, warm, order)
  startConsumer(bench)
  await forMs(bench, 2_000)
  expect(deaths(bench)).toEqual([[cold.id, 'expired']])
  expect(new Set(appliedIds(bench))).toEqual(new Set([warm.id, order.id]))
})

test('tombstones that cannot be read put the session out of sync, and nothing is sent by mistake', async () => {
  const bench = setupConsumer()
  const early = checkout()
  place(bench, early.occurredAt + 1)
  bench.partition.add(early)
  bench.partition.failNext('tombstones', 'before')
  startConsumer(bench)
  await forMs(bench, 5_000)
  expect(bench.recorder.outOfSyncCauses).toHaveLength(1)
  expect(deaths(bench)).toEqual([[early.id, 'superseded']])
  expect(appliedIds(bench)).not.toContain(early.id)
})
