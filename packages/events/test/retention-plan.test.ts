import { describe, expect, it } from 'vitest'

import { defineTrackingPlan, findDefinition, retentionPlan } from '../src/index.ts'

const item = { product_id: 'p-1', name: 'Coffee beans', quantity: 2, unit_price: 19.9 }
const value = { value: 39.8, currency: 'EUR' }

/** A valid example of each event, and the idempotency key that it has. */
const EXAMPLES: Record<string, { data: Record<string, unknown>; key: string | undefined }> = {
  product_viewed: {
    data: { product_id: 'p-1', name: 'Coffee beans', ...value, url: 'https://shop.example/p-1' },
    key: undefined,
  },
  added_to_cart: { data: { cart_id: 'c-1', items: [item], ...value }, key: undefined },
  checkout_started: { data: { checkout_id: 'ch-1', items: [item], ...value }, key: 'ch-1' },
  order_placed: { data: { order_id: 'o-1', items: [item], ...value, coupon: 'X' }, key: 'o-1' },
  order_fulfilled: { data: { order_id: 'o-1', fulfillment_id: 'f-1' }, key: 'f-1' },
  order_delivered: { data: { order_id: 'o-1', delivered_at: 1_796_000_000 }, key: 'o-1' },
  subscription_created: {
    data: { subscription_id: 's-1', items: [item], ...value, interval_days: 30 },
    key: 's-1',
  },
  subscription_canceled: { data: { subscription_id: 's-1', reason: 'too much' }, key: undefined },
}

describe('the shipped plan', () => {
  it('has an example here for each of its events', () => {
    expect(Object.keys(retentionPlan.events).toSorted()).toEqual(Object.keys(EXAMPLES).toSorted())
  })

  it.each(Object.entries(EXAMPLES))('takes a valid %s, whole', (name, { data, key }) => {
    const definition = findDefinition(retentionPlan, name)
    expect(definition?.schema.parse(data)).toEqual(data)
    expect(definition?.idempotencyKey?.of(data)).toBe(key)
  })

  it.each(Object.entries(EXAMPLES))('refuses a field that %s does not have', (name, { data }) => {
    const definition = findDefinition(retentionPlan, name)
    expect(definition?.schema.safeParse({ ...data, colour: 'red' }).success).toBe(false)
  })

  it.each(Object.entries(EXAMPLES))('refuses %s without its first field', (name, { data }) => {
    const [first = ''] = Object.keys(data)
    const definition = findDefinition(retentionPlan, name)
    expect(definition?.schema.safeParse({ ...data, [first]: undefined }).success).toBe(false)
  })

  it('takes every attribute, and null where it clears one', () => {
    const attributes = {
      email: 'a@example.com',
      phone: null,
      first_order_at: 1_700_000_000,
      last_order_at: null,
      total_orders: 3,
      lifetime_value: 120.5,
      vip_tier: 'gold',
      sms_opt_in: true,
      country: 'DE',
      discount_eligible: false,
      first_time_buyer: false,
    }
    expect(retentionPlan.attributes.parse(attributes)).toEqual(attributes)
  })

  it('says that a time in milliseconds is in milliseconds', () => {
    const result = retentionPlan.attributes.safeParse({ last_order_at: 1_796_000_000_000 })
    expect(result.error?.issues[0]?.message).toContain('milliseconds')
  })
})

describe('a definition', () => {
  it('is not found under a name that every object has', () => {
    expect(findDefinition(retentionPlan, 'toString')).toBeUndefined()
    expect(findDefinition(retentionPlan, '__proto__')).toBeUndefined()
  })

  it('is found under its name in a plan of its own', () => {
    const { order_placed } = retentionPlan.events
    const plan = defineTrackingPlan({
      events: [order_placed],
      attributes: retentionPlan.attributes,
    })
    expect(findDefinition(plan, 'order_placed')).toBe(order_placed)
    expect(findDefinition(plan, 'checkout_started')).toBeUndefined()
  })
})
