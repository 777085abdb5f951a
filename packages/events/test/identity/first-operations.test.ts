import { expect, test } from 'vitest'

import type { RelayEvent } from '../../src/event.ts'
import {
  CUSTOMERS_PER_LOOK,
  FirstOperations,
  MOST_FIRST_OPERATIONS,
} from '../../src/identity/first-operations.ts'

const HEAD = { id: '01HK153X0041F2MZ4K64F6QGQD', occurredAt: 0 } as const
const track = (customerId: string): RelayEvent => {
  return { ...HEAD, customerId, op: 'track', name: 'order_placed', data: {} }
}
const identify = (customerId: string): RelayEvent => {
  return { ...HEAD, customerId, op: 'identify', attributes: {} }
}

function kinds(first: FirstOperations): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const kind of first.take().values()) counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}

test('of each customer the first operation counts, and one customer in eight is looked at', () => {
  for (const prefix of ['', 'cus_', 'gid://shopify/Customer/']) {
    const first = new FirstOperations()
    for (let n = 0; n < 8000; n += 1) {
      first.see(n % 2 === 0 ? track(`${prefix}${n}`) : identify(`${prefix}${n}`))
      first.see(identify(`${prefix}${n}`))
      first.see({ ...HEAD, customerId: `${prefix}${n}`, op: 'delete' })
    }
    const { track: tracks = 0, identify: identifies = 0, ...others } = kinds(first)
    expect(others).toEqual({})
    const expected = 4000 / CUSTOMERS_PER_LOOK
    for (const count of [tracks, identifies]) {
      expect(count).toBeGreaterThan(expected * 0.8)
      expect(count).toBeLessThan(expected * 1.2)
    }
  }
})

test('a customer has the same number each time, and the customers that are kept are bounded', () => {
  const first = new FirstOperations()
  const see = (): ReadonlyMap<string, string> => {
    for (let n = 0; n < 100; n += 1) first.see(track(`cus_${n}`))
    return first.take()
  }
  const seen = see()
  expect(seen).toEqual(see())
  for (const member of seen.keys()) expect(member).toMatch(/^-?\d+$/)
  for (let n = 0; n < (10 * CUSTOMERS_PER_LOOK * MOST_FIRST_OPERATIONS) / 8; n += 1)
    first.see(track(`cus_${n}`))
  expect(first.take().size).toBe(MOST_FIRST_OPERATIONS)
})
