// What goes into the next request, and in which order.
import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { DEFAULT_BATCH_LIMITS, nextBatch } from '../src/batch.ts'
import type { Batch, BatchLimits } from '../src/batch.ts'
import { CustomerLanes } from '../src/customer-lanes.ts'
import type { PendingEvent } from '../src/pending-event.ts'
import { identify, pendAll, suppress, track } from './events.ts'

const NONE: ReadonlySet<string> = new Set()

function lanesOf(events: readonly PendingEvent[]): CustomerLanes {
  const lanes = new CustomerLanes()
  for (const event of events) lanes.add(event)
  return lanes
}

function take(lanes: CustomerLanes, limits: BatchLimits = DEFAULT_BATCH_LIMITS): string[] {
  return idsOf(nextBatch(lanes, NONE, limits))
}

function idsOf(batch: Batch | null): string[] {
  return (batch ?? []).map(({ pending }) => pending.event.id)
}

test('a batch has one event per customer, the oldest first', () => {
  const [a1, b1, a2] = [track('a'), track('b'), track('a')]
  const lanes = lanesOf(pendAll(a1, b1, a2))
  expect(take(lanes)).toEqual([a1.id, b1.id])
  expect(take(lanes)).toEqual([])
  lanes.release('a')
  expect(take(lanes)).toEqual([a2.id])
})

test('a customer with more than 32 waiting tracks has up to 50 of them in a batch, in order', () => {
  const backlog = Array.from({ length: 60 }, () => track('a'))
  const other = track('b')
  expect(take(lanesOf(pendAll(...backlog, other)))).toEqual(
    [...backlog.slice(0, 50), other].map(({ id }) => id),
  )
  expect(take(lanesOf(pendAll(...backlog.slice(0, 32))))).toHaveLength(1)
})

test('a run ends before an identify', () => {
  const tracks = Array.from({ length: 10 }, () => track('a'))
  const rest = Array.from({ length: 40 }, () => track('a'))
  const lanes = lanesOf(pendAll(...tracks, identify('a'), ...rest))
  expect(take(lanes)).toEqual(tracks.map(({ id }) => id))
})

test('a profile operation goes alone, and first in the batch after the one that passed it over', () => {
  const [a, deletion, c] = [track('a'), suppress('b'), track('c')]
  const lanes = lanesOf(pendAll(a, deletion, c))
  expect(take(lanes)).toEqual([a.id, c.id])
  expect(take(lanes)).toEqual([deletion.id])
})

test('an event whose id is on its way, or in the batch already, waits', () => {
  const [first, again] = pendAll(track('a'), track('b'))
  const twin = { ...again!, member: first!.member }
  const lanes = lanesOf([first!, twin])
  expect(idsOf(nextBatch(lanes, NONE, DEFAULT_BATCH_LIMITS))).toEqual([first!.event.id])
  expect(nextBatch(lanes, new Set([first!.member]), DEFAULT_BATCH_LIMITS)).toBeNull()
  expect(idsOf(nextBatch(lanes, NONE, DEFAULT_BATCH_LIMITS))).toEqual([twin.event.id])
})

test('a batch keeps to the number and the bytes of its limits; a single larger event goes all the same', () => {
  const big = (customerId: string): ReturnType<typeof track> =>
    track(customerId, { data: { text: 'x'.repeat(600) } })
  const events = pendAll(big('a'), big('b'), big('c'))
  expect(take(lanesOf(events), { maxOps: 2, maxBytes: 100_000 })).toHaveLength(2)
  expect(take(lanesOf(events), { maxOps: 500, maxBytes: 1700 })).toHaveLength(2)
  expect(take(lanesOf(events), { maxOps: 500, maxBytes: 100 })).toHaveLength(1)
})

test('whatever is taken, set aside and released, nothing is lost or doubled and each customer keeps its order', () => {
  const customers = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 120 })
  const choices = fc.infiniteStream(fc.nat(99))
  fc.assert(
    fc.property(customers, choices, (names, choose) => {
      const events = pendAll(...names.map((name) => track(name)))
      const lanes = lanesOf(events)
      const sent = drain(lanes, () => choose.next().value)
      expect(sent.toSorted()).toEqual(events.map(({ event }) => event.id).toSorted())
      for (const name of new Set(names)) {
        const own = events
          .filter(({ event }) => event.customerId === name)
          .map(({ event }) => event.id)
        expect(sent.filter((id) => own.includes(id))).toEqual(own)
      }
    }),
  )
})

/** Sends everything; now and then the first event of a batch is set aside instead. */
function drain(lanes: CustomerLanes, choose: () => number): string[] {
  const sent: string[] = []
  for (;;) {
    const batch = nextBatch(lanes, NONE, { maxOps: 1 + (choose() % 5), maxBytes: 100_000 })
    if (batch === null) return sent
    // Only a lone event is ever set aside.
    if (batch.length === 1 && choose() % 4 === 0) lanes.putBack(batch[0]!.pending)
    else sent.push(...idsOf(batch))
    for (const { pending } of batch) lanes.release(pending.event.customerId)
  }
}
