import { describe, expect, it } from 'vitest'

import { eventDefinitions, findDefinition, retentionPlan, schemaFields } from '../src/index.ts'

const item = { product_id: 'p-1', name: 'Coffee beans', quantity: 2, unit_price: 19.9 }
const value = { value: 39.8, currency: 'EUR' }
const cart = { cart_id: 'c-1', items: [item], ...value }
const checkout = { checkout_id: 'ch-1', items: [item], ...value }

/** A valid example of each event, and the idempotency key that it has. */
const EXAMPLES: Record<string, { data: Record<string, unknown>; key: string | undefined }> = {
  product_viewed: {
    data: { product_id: 'p-1', name: 'Coffee beans', ...value, url: 'https://shop.example/p-1' },
    key: undefined,
  },
  added_to_cart: { data: cart, key: undefined },
  cart_updated: { data: { ...cart, items: [] }, key: undefined },
  checkout_started: { data: checkout, key: 'ch-1' },
  checkout_updated: { data: { ...checkout, revision: 4 }, key: 'ch-1:4' },
  order_placed: { data: { order_id: 'o-1', items: [item], ...value, coupon: 'X' }, key: 'o-1' },
  order_canceled: { data: { order_id: 'o-1', reason: 'fraud', ...value }, key: 'order:o-1' },
  order_fulfilled: { data: { order_id: 'o-1', fulfillment_id: 'f-1' }, key: 'f-1' },
  order_delivered: { data: { order_id: 'o-1', delivered_at: 1_796_000_000 }, key: 'order:o-1' },
  order_refunded: {
    data: { order_id: 'o-1', refund_id: 'r-1', reason: 'damaged', ...value },
    key: 'r-1',
  },
  subscription_created: {
    data: { subscription_id: 's-1', items: [item], ...value, interval_days: 30 },
    key: 's-1',
  },
  subscription_canceled: { data: { subscription_id: 's-1', reason: 'moved' }, key: undefined },
  subscription_payment_failed: {
    data: { subscription_id: 's-1', payment_id: 'pay-1', reason: 'declined', ...value },
    key: 'pay-1',
  },
}

/** The fields of the plan by the name that people use. */
const fields = [
  ...eventDefinitions(retentionPlan).map(
    ({ name, schema }) => [name, schemaFields(schema)] as const,
  ),
  ['identify', schemaFields(retentionPlan.attributes.schema)] as const,
]

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

  it.each(fields)('describes every field of %s, with an example', (_name, all) => {
    const wanting = all
      .filter(({ schema: { description = '', examples, properties, items } }) => {
        const isGroup = properties !== undefined || items !== undefined
        return description.length < 4 || (!isGroup && examples === undefined)
      })
      .map(({ path }) => path)
    expect(wanting).toEqual([])
  })

  it.each(fields)('says the unit of every number of %s that counts or measures', (_name, all) => {
    const wanting = all.filter(({ path, schema: { type, unit } }) => {
      return (type === 'number' || type === 'integer') && path !== 'revision' && unit === undefined
    })
    expect(wanting).toEqual([])
  })

  it.each(['ZZZ', 'EURO', 'eur', 'XXX', 'XTS', 'XAU', 'DEM', ''])('has no currency %j', (code) => {
    const takers = Object.entries(EXAMPLES).filter(([name, { data }]) => {
      const taken = findDefinition(retentionPlan, name)?.schema.safeParse({
        ...data,
        currency: code,
      })
      return 'currency' in data && taken?.success
    })
    expect(takers).toEqual([])
  })

  it.each(['EUR', 'USD', 'JPY', 'KWD', 'XOF', 'ZWG'])('has the currency %s', (currency) => {
    const { schema } = retentionPlan.events.order_placed
    const { data } = EXAMPLES['order_placed']!
    expect(schema.safeParse({ ...data, currency }).success).toBe(true)
  })

  it('tells a value and its currency together, or neither', () => {
    const { schema } = retentionPlan.events.product_viewed
    const product = { product_id: 'p-1', name: 'Coffee beans' }
    const takes = (price: object): boolean => schema.safeParse({ ...product, ...price }).success
    expect([{}, value, { value: 1 }, { currency: 'EUR' }].map((price) => takes(price))).toEqual([
      true,
      true,
      false,
      false,
    ])
  })

  it.each(Object.entries(EXAMPLES).filter(([name]) => name !== 'product_viewed'))(
    'takes the items that %s is about',
    (name, { data }) => {
      const definition = findDefinition(retentionPlan, name)
      expect(definition?.schema.safeParse({ ...data, items: [item] }).success).toBe(true)
    },
  )

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
    expect(retentionPlan.attributes.schema.parse(attributes)).toEqual(attributes)
  })

  it('says that a time in milliseconds is in milliseconds', () => {
    const result = retentionPlan.attributes.schema.safeParse({ last_order_at: 1_796_000_000_000 })
    expect(result.error?.issues[0]?.message).toContain('milliseconds')
  })

  it('tells a cart that changes three times three times, and a repeated call once', () => {
    const keyOf = (revision?: number): string | undefined => {
      const { idempotencyKey } = retentionPlan.events.cart_updated
      return idempotencyKey?.of({ ...cart, ...(revision === undefined ? {} : { revision }) })
    }
    expect([keyOf(), keyOf()]).toEqual([undefined, undefined])
    expect(new Set([keyOf(1), keyOf(2), keyOf(3), keyOf(3)]).size).toBe(3)
  })
})
