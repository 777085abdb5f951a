// The keys of the shipped events, asked of data that nobody has checked: `checks: 'warn'` and `'off'` let any data in.
import { describe, expect, it } from 'vitest'

import { eventDefinitions, findDefinition, retentionPlan } from '../../src/index.ts'

/** What the key of each event is made of when all of it is there. */
const PARTS: Record<string, Record<string, unknown>> = {
  cart_updated: { cart_id: 'cart-1', revision: 3 },
  checkout_started: { checkout_id: 'co-1' },
  checkout_updated: { checkout_id: 'co-1', revision: 0 },
  order_placed: { order_id: 'o-1' },
  order_canceled: { cancellation_id: 'x-1' },
  order_fulfilled: { fulfillment_id: 'f-1' },
  order_delivered: { fulfillment_id: 'f-1' },
  order_refunded: { refund_id: 'r-1' },
  subscription_created: { subscription_id: 's-1' },
  subscription_canceled: { cancellation_id: 'x-1' },
  subscription_payment_failed: { payment_id: 'pay-1' },
}

const SPOILT = [null, '', -1, 1.5, Number.NaN, true, {}, [], ['cart-1'], undefined]

const keyOf = (name: string, data: Record<string, unknown>): unknown =>
  findDefinition(retentionPlan, name)?.idempotencyKey?.of(data)

describe('a key', () => {
  it('is tried here for every event that has one', () => {
    const keyed = eventDefinitions(retentionPlan).filter(({ idempotencyKey }) => idempotencyKey)
    expect(Object.keys(PARTS).toSorted()).toEqual(keyed.map(({ name }) => name).toSorted())
  })

  it.each(Object.entries(PARTS))(
    'of %s is a text where its parts are what they should be',
    (name, parts) => {
      expect(keyOf(name, parts)).toEqual(expect.stringContaining(String(Object.values(parts)[0])))
    },
  )

  it.each(
    Object.entries(PARTS).flatMap(([name, parts]) =>
      Object.entries(parts).map(([field, value]) => ({ name, field, value, parts })),
    ),
  )('of $name is none where its $field is spoilt', ({ name, field, value, parts }) => {
    const other = typeof value === 'string' ? 981 : '981'
    // An order stands in for a part that is missing, and only then.
    const spoilt = [...SPOILT, other].map((wrong) => ({
      ...parts,
      [field]: wrong,
      order_id: wrong,
    }))
    expect(spoilt.map((data) => keyOf(name, data))).toEqual(spoilt.map(() => undefined))
  })

  it.each(['order_fulfilled', 'order_delivered', 'order_canceled'])(
    'of %s does not fall back to the order because its own id is spoilt',
    (name) => {
      const field = Object.keys(PARTS[name]!)[0]!
      expect(keyOf(name, { order_id: 'o-1' })).toBeTypeOf('string')
      const wrong = [null, '', 33].map((id) => keyOf(name, { order_id: 'o-1', [field]: id }))
      expect(wrong).toEqual([undefined, undefined, undefined])
    },
  )

  it.each(['order_fulfilled', 'order_delivered', 'order_canceled'])(
    'of %s tells an order from a part of another order that has the same id',
    (name) => {
      const field = Object.keys(PARTS[name]!)[0]!
      const part = keyOf(name, { order_id: '980', [field]: '981' })
      expect(part).not.toBe(keyOf(name, { order_id: '981' }))
    },
  )
})
