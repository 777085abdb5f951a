// What an order makes senseless, and what is too old: the rules of a plan, without Redis.
import { expect, test } from 'vitest'

import { defineTrackingPlan, retentionPlan, supersededAt, timeRules } from '../src/index.ts'
import type { TrackEvent } from '../src/index.ts'

const HOUR_MS = 3_600_000
const rules = timeRules(retentionPlan, 'test')

const event = (name: string, customerId: string, data: Record<string, unknown>): TrackEvent => ({
  op: 'track',
  id: 'id',
  customerId,
  occurredAt: 10 * HOUR_MS,
  name,
  data,
})

const meets = (order: TrackEvent, other: TrackEvent): boolean => {
  const stones = rules.tombstonesOf(order)?.marks ?? []
  return rules.placesOf(other).some(({ mark }) => stones.includes(mark))
}

test.each([
  ['the same checkout under another customer id', 'guest', { checkout_id: 'co-1' }, true],
  ['the same cart under another customer id', 'guest', { cart_id: 'ca-1' }, true],
  ['another checkout of the same customer', 'account', { checkout_id: 'co-9' }, true],
  [
    'another checkout of another customer',
    'guest',
    { checkout_id: 'co-9', cart_id: 'ca-9' },
    false,
  ],
])('an order meets %s: %s', (_what, customerId, data, isMet) => {
  const order = event('order_placed', 'account', {
    order_id: 'o',
    checkout_id: 'co-1',
    cart_id: 'ca-1',
  })
  expect(meets(order, event('checkout_started', customerId, data))).toBe(isMet)
})

test('at the same time as its order an event of the same checkout or cart is superseded, another one is not', () => {
  const order = event('order_placed', 'account', {
    order_id: 'o',
    checkout_id: 'co-1',
    cart_id: 'ca-1',
  })
  const { marks = [] } = rules.tombstonesOf(order) ?? {}
  const stones = new Map(marks.map((mark) => [mark, order.occurredAt]))
  const closedAt = (data: Record<string, unknown>, laterMs = 0): number | null => {
    const checkout = event('checkout_updated', 'account', data)
    const occurredAt = order.occurredAt + laterMs
    return supersededAt({ occurredAt }, rules.placesOf(checkout), stones)
  }
  expect(closedAt({ checkout_id: 'co-1' })).toBe(order.occurredAt)
  expect(closedAt({ checkout_id: 'co-2', cart_id: 'ca-1' })).toBe(order.occurredAt)
  expect(closedAt({ checkout_id: 'co-1', cart_id: 'ca-1' }, 1)).toBe(null)
  expect(closedAt({ checkout_id: 'co-2' })).toBe(null)
  expect(closedAt({ checkout_id: 'co-2' }, -1)).toBe(order.occurredAt)
})

test('an order makes no purchase and no other order senseless', () => {
  const order = event('order_placed', 'account', { order_id: 'o' })
  expect(rules.placesOf(order)).toEqual([])
  expect(meets(order, event('order_fulfilled', 'account', {}))).toBe(false)
  expect(rules.tombstonesOf(event('checkout_started', 'account', {}))).toBe(null)
})

test('an order without a checkout id does not meet the checkouts without one', () => {
  const blank = { checkout_id: '', cart_id: '' }
  const order = event('order_placed', 'account', { order_id: 'o', ...blank })
  expect(meets(order, event('checkout_started', 'guest', blank))).toBe(false)
})

test('namespaces do not meet', () => {
  const order = event('order_placed', 'account', { order_id: 'o' })
  const other = timeRules(retentionPlan, 'staging').tombstonesOf(order)?.marks
  const mine = rules.tombstonesOf(order)?.marks
  expect(mine?.some((mark) => other?.includes(mark))).toBe(false)
})

test('tombstones are kept a day longer than what they supersede may be sent', () => {
  expect(rules.tombstonesOf(event('order_placed', 'a', {}))?.ttlMs).toBe(48 * HOUR_MS)
})

test('tombstones do not count what the plan has retired, and there are none for nothing else', () => {
  const shrunk = (retired: readonly string[]) => {
    const plan = defineTrackingPlan({ extends: retentionPlan, events: [], retired })
    return timeRules(plan, 'test').tombstonesOf(event('order_placed', 'a', {}))
  }
  expect(shrunk(['checkout_started'])?.ttlMs).toBe(48 * HOUR_MS)
  expect(shrunk(retentionPlan.events.order_placed.supersedes ?? [])).toBe(null)
})

test.each([
  ['product_viewed', 6],
  ['checkout_started', 24],
  ['added_to_cart', 24],
])('%s is of no use after %i hours', (name, hours) => {
  const aged = event(name, 'a', {})
  const atMs = aged.occurredAt + hours * HOUR_MS
  expect([rules.isExpired(aged, atMs), rules.isExpired(aged, atMs + 1)]).toEqual([false, true])
})

test('a purchase never expires, nor does an event that the plan does not know', () => {
  const years = 10 * 365 * 24 * HOUR_MS
  expect(rules.isExpired(event('order_placed', 'a', {}), years)).toBe(false)
  expect(rules.isExpired(event('of_another_service', 'a', {}), years)).toBe(false)
})
