// The load of every case: numbered events, round robin over the customers, so that a customer's next event stands
// CUSTOMERS places behind. What arrived is then read from the mock and held against the numbers.

import { createUlidSource } from '@retention-relay/events'

/** Far more than any concurrency here: that neighbours run side by side puts no customer's events out of order. */
export const CUSTOMERS = 200

/** Events with the numbers 0 to `count` - 1. */
export function makeEvents(count) {
  const nextId = createUlidSource()
  return Array.from({ length: count }, (_, number) => ({
    id: nextId(),
    op: 'track',
    customerId: `cus_${number % CUSTOMERS}`,
    name: 'product_viewed',
    data: { relay_seq: number, product_id: 'p-1', name: 'Green tea' },
    occurredAt: Date.now(),
  }))
}

/**
 * Holds what the mock received against the events: `overtaken` arrived for the first time after a later event of the
 * same customer, `longestMs` is the longest time between that later event and one that it had overtaken, `missing`
 * never arrived, `repeated` arrived again.
 */
export function readArrivals(mock, events) {
  const numbers = new Map(events.map(({ id }, number) => [id, number]))
  const arrivals = mock
    .received()
    .map(({ id, receivedAt }) => ({ number: numbers.get(id), receivedAt }))
  const first = new Map()
  for (const { number, receivedAt } of arrivals) {
    if (!first.has(number)) first.set(number, receivedAt)
  }
  const waitsMs = latenesses([...first])
  return {
    overtaken: waitsMs.length,
    longestMs: Math.max(0, ...waitsMs),
    missing: events.length - first.size,
    repeated: arrivals.length - first.size,
  }
}

/** Of each overtaken event, how much later it came than the first later one of its customer. */
function latenesses(firstArrivals) {
  const soFar = new Map()
  return firstArrivals.flatMap(([number, receivedAt]) => {
    const earlier = soFar.get(number % CUSTOMERS) ?? []
    soFar.set(number % CUSTOMERS, [...earlier, [number, receivedAt]])
    const overtaker = earlier.find(([other]) => other > number)
    return overtaker === undefined ? [] : [receivedAt - overtaker[1]]
  })
}
