// Lanes: one customer's events in order, everybody's turn in the order in which they became ready.
import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { CustomerLanes } from '../src/customer-lanes.ts'
import type { PendingEvent } from '../src/pending-event.ts'
import { pendAll, track } from './events.ts'

const always = (): boolean => false
const takeOne = (lanes: CustomerLanes): PendingEvent[] => lanes.take(() => 1, always)
const idsOf = (events: readonly PendingEvent[]): string[] => events.map(({ event }) => event.id)

const setup = (...customers: string[]) => {
  const lanes = new CustomerLanes()
  const events = pendAll(...customers.map((customer) => track(customer)))
  for (const event of events) lanes.add(event)
  return { lanes, events, ids: idsOf(events) }
}

test('one event of each customer goes, in the order in which the customers came', () => {
  const { lanes, ids } = setup('a', 'b', 'a', 'c')
  expect(idsOf(takeOne(lanes))).toEqual([ids[0], ids[1], ids[3]])
  expect([lanes.waiting, lanes.ready]).toEqual([1, 0])
})

test('a customer is blocked until the last of its events on their way is released', () => {
  const { lanes, ids } = setup('a', 'a', 'a')
  expect(lanes.take(() => 2, always)).toHaveLength(2)
  lanes.release('a')
  expect(takeOne(lanes)).toEqual([])
  lanes.release('a')
  expect(idsOf(takeOne(lanes))).toEqual([ids[2]])
})

test('what comes while a customer is blocked waits behind the others', () => {
  const { lanes } = setup('a')
  takeOne(lanes)
  const [late, other] = pendAll(track('a'), track('b'))
  lanes.add(late!)
  lanes.add(other!)
  expect(takeOne(lanes)).toEqual([other])
  lanes.release('a')
  expect(takeOne(lanes)).toEqual([late])
})

test('a customer that goes on is behind those that were ready before', () => {
  const { lanes, ids } = setup('a', 'a', 'b', 'c')
  const next = (): string[] => {
    let asked = 0
    return idsOf(
      lanes.take(
        () => 1,
        () => (asked += 1) > 1,
      ),
    )
  }
  expect(next()).toEqual([ids[0]])
  lanes.release('a')
  expect([next(), next(), next()]).toEqual([[ids[2]], [ids[3]], [ids[1]]])
})

test('a customer that picks nothing keeps its place', () => {
  const { lanes, ids } = setup('a', 'b')
  const onlyB = lanes.take(([first]) => (first!.event.customerId === 'b' ? 1 : 0), always)
  expect(idsOf(onlyB)).toEqual([ids[1]])
  lanes.release('b')
  expect(idsOf(takeOne(lanes))).toEqual([ids[0]])
})

test('taking ends where it is told to, and goes on there the next time', () => {
  const { lanes, ids } = setup('a', 'b', 'c')
  let asked = 0
  lanes.take(
    () => 1,
    () => (asked += 1) > 1,
  )
  expect(idsOf(takeOne(lanes))).toEqual(ids.slice(1))
})

test('events that are put back go again in their order, before those that waited', () => {
  const { lanes, events, ids } = setup('a', 'a', 'a', 'a')
  lanes.take(() => 3, always)
  lanes.release('a')
  for (const event of events.slice(1, 3)) lanes.putBack(event)
  for (const event of events.slice(1, 3)) lanes.release(event.event.customerId)
  expect(idsOf(lanes.take((all) => all.length, always))).toEqual(ids.slice(1))
})

test('a release of a customer of whom nothing is on its way changes nothing', () => {
  const { lanes } = setup('a')
  lanes.release('a')
  lanes.release('unknown')
  expect([lanes.waiting, lanes.ready]).toEqual([1, 1])
})

/** Adds to a customer, or takes a batch of which each customer settles some and gets the others back. */
const step = fc.oneof(
  fc.record({ add: fc.constantFrom('a', 'b', 'c') }),
  fc.record({ most: fc.integer({ min: 1, max: 5 }), settled: fc.integer({ min: 0, max: 5 }) }),
)

test('whatever is taken, settled and put back: order per customer, nothing lost, nothing twice', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
      const lanes = new CustomerLanes()
      const added: PendingEvent[] = []
      const settled: PendingEvent[] = []
      const run = (most: number, keep: number): void => {
        const taken = lanes.take((events) => Math.min(most, events.length), always)
        const seen = new Map<string, number>()
        for (const pending of taken) {
          const { customerId } = pending.event
          const place = seen.get(customerId) ?? 0
          seen.set(customerId, place + 1)
          if (place < keep) settled.push(pending)
          else lanes.putBack(pending)
        }
        for (const { event } of taken) lanes.release(event.customerId)
      }
      for (const one of steps) {
        if ('add' in one) {
          const [pending] = pendAll(track(one.add))
          added.push(pending!)
          lanes.add(pending!)
        } else run(one.most, one.settled)
      }
      expect(lanes.waiting).toBe(added.length - settled.length)
      while (lanes.ready > 0) run(5, 5)
      for (const customer of ['a', 'b', 'c']) {
        const of = (events: PendingEvent[]) =>
          idsOf(events.filter(({ event }) => event.customerId === customer))
        expect(of(settled)).toEqual(of(added))
      }
    }),
  )
})
