// Lanes: order per customer, whoever is blocked, and fairness between customers.
import { expect, test } from 'vitest'

import { CustomerLanes } from '../src/customer-lanes.ts'
import type { PendingEvent } from '../src/pending-event.ts'
import { pendAll, track } from './events.ts'

const setup = (...customers: string[]) => {
  const lanes = new CustomerLanes()
  const events = pendAll(...customers.map((customer) => track(customer)))
  for (const event of events) lanes.add(event)
  return { lanes, events }
}

/** Takes the first event of up to `most` lanes. */
const takeOneEach = (lanes: CustomerLanes, most = 100): PendingEvent[] => {
  let taken = 0
  return lanes.take(
    () => {
      taken += 1
      return 1
    },
    () => taken === most,
  )
}

test('one event per customer is taken, in the order in which the customers came', () => {
  const { lanes, events } = setup('b', 'a', 'b', 'c', 'a')
  expect(takeOneEach(lanes)).toEqual([events[0], events[1], events[3]])
  expect([lanes.waiting, lanes.ready]).toEqual([2, 0])
})

test('a customer with an event on its way has to wait until it is released', () => {
  const { lanes, events } = setup('a', 'a')
  takeOneEach(lanes)
  expect(takeOneEach(lanes)).toEqual([])
  lanes.release('a')
  expect(takeOneEach(lanes)).toEqual([events[1]])
})

test('a customer with several events on their way waits for all of them', () => {
  const { lanes, events } = setup('a', 'a', 'a')
  lanes.take(
    () => 2,
    () => false,
  )
  lanes.release('a')
  expect(takeOneEach(lanes)).toEqual([])
  lanes.release('a')
  expect(takeOneEach(lanes)).toEqual([events[2]])
})

test('who is released stands behind those that are ready already', () => {
  const { lanes, events } = setup('a', 'a', 'b', 'c')
  takeOneEach(lanes, 1)
  lanes.release('a')
  expect(takeOneEach(lanes)).toEqual([events[2], events[3], events[1]])
})

test('a lane from which nothing is picked keeps its place', () => {
  const { lanes, events } = setup('a', 'b', 'c')
  const taken = lanes.take(
    ([first]) => (first?.event.customerId === 'a' ? 0 : 1),
    () => false,
  )
  expect(taken).toEqual([events[1], events[2]])
  expect(takeOneEach(lanes)).toEqual([events[0]])
})

test('an event that was put back goes before all others of its customer, after its release', () => {
  const { lanes, events } = setup('a', 'a')
  const [first] = takeOneEach(lanes)
  lanes.putBack(first!)
  expect(lanes.waiting).toBe(2)
  expect(takeOneEach(lanes)).toEqual([])
  lanes.release('a')
  expect(takeOneEach(lanes)).toEqual([events[0]])
  lanes.release('a')
  expect(takeOneEach(lanes)).toEqual([events[1]])
})

test('a customer without events leaves nothing behind and may come again', () => {
  const { lanes } = setup('a')
  takeOneEach(lanes)
  lanes.release('a')
  lanes.release('a')
  expect([lanes.waiting, lanes.ready]).toEqual([0, 0])
  const [again] = pendAll(track('a'))
  lanes.add(again!)
  expect(takeOneEach(lanes)).toEqual([again])
})

test('events that come while their customer is blocked wait behind the one on its way', () => {
  const { lanes } = setup('a')
  takeOneEach(lanes)
  const [late] = pendAll(track('a'))
  lanes.add(late!)
  expect(takeOneEach(lanes)).toEqual([])
  lanes.release('a')
  expect(takeOneEach(lanes)).toEqual([late])
})
