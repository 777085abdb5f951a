// The types of the producer: `tsc` reads this file, and a line marked as an error that is none fails the build. The calls
// are never made.

import { describe, expectTypeOf, it } from 'vitest'
import * as z from 'zod'

import {
  createProducer,
  defineAttributes,
  defineEvent,
  defineTrackingPlan,
  retentionPlan,
} from '../src/index.ts'
import type { EventName, Producer, Receipt } from '../src/index.ts'

const item = { product_id: 'p-1', name: 'Coffee beans', quantity: 2, unit_price: 19.9 }
const order = { order_id: 'o-981', items: [item], value: 39.8, currency: 'EUR' }

const textual = [{ ...item, quantity: '2' }]

const custom = defineTrackingPlan({
  events: [
    defineEvent({
      name: 'quiz_taken',
      description: 'A test.',
      version: 1,
      schema: z.strictObject({ score: z.number() }),
    }),
  ],
  attributes: defineAttributes({
    description: 'A test.',
    schema: z.strictObject({ skin_type: z.string() }),
  }),
})

const extended = defineTrackingPlan({
  extends: retentionPlan,
  events: [
    defineEvent({
      name: 'quiz_taken',
      description: 'A test.',
      version: 1,
      schema: z.strictObject({ score: z.number() }),
    }),
    defineEvent({
      name: 'order_placed',
      description: 'A test.',
      version: 2,
      schema: z.strictObject({ number: z.number() }),
    }),
  ],
})

describe('the type of a producer', () => {
  it('is that of the shipped plan where none is given', () => {
    const make = () => createProducer({ namespace: 'test', redis: '/s' })
    expectTypeOf(make).returns.resolves.toEqualTypeOf<Producer<typeof retentionPlan>>()
  })

  it('takes REDIS_URL as the environment has it', () => {
    expectTypeOf(createProducer).toBeCallableWith({
      namespace: 'test',
      redis: process.env['REDIS_URL'],
    })
  })

  it('narrows the data of an event by its name', () => {
    void (async (relay: Producer<typeof retentionPlan>) => {
      await relay.track('cus_42', { name: 'order_placed', data: order }, { occurredAt: new Date() })
      await relay.track('cus_42', { name: 'product_viewed', data: { product_id: 'p', name: 'x' } })
      // @ts-expect-error: no such event
      await relay.track('cus_42', { name: 'order_place', data: order })
      // @ts-expect-error: the data of another event
      await relay.track('cus_42', { name: 'product_viewed', data: order })
      // @ts-expect-error: order_id is missing
      await relay.track('cus_42', { name: 'order_placed', data: { ...order, order_id: undefined } })
      // @ts-expect-error: a wrong type deep inside
      await relay.track('cus_42', { name: 'order_placed', data: { ...order, items: textual } })
      // @ts-expect-error: a customer id is a string
      await relay.track(42, { name: 'order_placed', data: order })
      // @ts-expect-error: not a time
      await relay.delete('cus_42', { occurredAt: '2026-11-24' })
    })
    expectTypeOf<
      Producer<typeof retentionPlan>['track']
    >().returns.resolves.toEqualTypeOf<Receipt>()
  })

  it('knows the attributes of identify', () => {
    void (async (relay: Producer<typeof retentionPlan>) => {
      await relay.identify('cus_42', { email: 'anna@example.com', total_orders: 3, phone: null })
      // @ts-expect-error: no such attribute
      await relay.identify('cus_42', { shoe_size: 42 })
      // @ts-expect-error: a wrong type
      await relay.identify('cus_42', { total_orders: '3' })
    })
    expectTypeOf<Producer<typeof retentionPlan>['identify']>().parameter(0).toEqualTypeOf<string>()
  })

  it('narrows the entries of enqueue by their kind', () => {
    void (async (relay: Producer<typeof retentionPlan>) => {
      await relay.enqueue([
        { op: 'track', customerId: 'cus_42', name: 'order_placed', data: order, occurredAt: 1 },
        { op: 'identify', customerId: 'cus_42', attributes: { total_orders: 3 } },
        { op: 'merge', customerId: 'guest-7', into: 'cus_42' },
        { op: 'add_device', customerId: 'cus_42', device: { token: 't', platform: 'ios' } },
        { op: 'delete_device', customerId: 'cus_42', token: 't' },
        { op: 'delete', customerId: 'cus_42', idempotencyKey: 'gdpr-1' },
      ])
      // @ts-expect-error: the data of another event
      await relay.enqueue([{ op: 'track', customerId: 'c', name: 'product_viewed', data: order }])
      // @ts-expect-error: a merge needs the customer that remains
      await relay.enqueue([{ op: 'merge', customerId: 'c' }])
    })
    expectTypeOf<Producer<typeof retentionPlan>['enqueue']>().returns.resolves.items.toHaveProperty(
      'ok',
    )
  })

  it('is that of a plan of the shop', () => {
    void (async (relay: Producer<typeof custom>) => {
      await relay.track('cus_42', { name: 'quiz_taken', data: { score: 7 } })
      await relay.identify('cus_42', { skin_type: 'dry' })
      // @ts-expect-error: an event of the shipped plan only
      await relay.track('cus_42', { name: 'order_placed', data: order })
    })
    const make = () => createProducer({ namespace: 'test', redis: '/s', trackingPlan: custom })
    expectTypeOf(make).returns.resolves.toEqualTypeOf<Producer<typeof custom>>()
  })

  it('keeps what an extended plan has, and takes what stands over it', () => {
    void (async (relay: Producer<typeof extended>) => {
      await relay.track('cus_42', { name: 'quiz_taken', data: { score: 7 } })
      await relay.track('cus_42', { name: 'order_placed', data: { number: 981 } })
      await relay.track('cus_42', { name: 'product_viewed', data: { product_id: 'p', name: 'x' } })
      await relay.identify('cus_42', { total_orders: 3 })
      // @ts-expect-error: the data of the definition that was put aside
      await relay.track('cus_42', { name: 'order_placed', data: order })
      // @ts-expect-error: a field too many
      await relay.track('cus_42', { name: 'quiz_taken', data: { score: 7, level: 'hard' } })
      // @ts-expect-error: a field is missing
      await relay.track('cus_42', { name: 'quiz_taken', data: {} })
    })
    expectTypeOf<EventName<typeof extended>>().toEqualTypeOf<
      EventName<typeof retentionPlan> | 'quiz_taken'
    >()
    expectTypeOf<'cart_updated'>().toExtend<EventName<typeof extended>>()
  })

  it('has not what a plan that extends another has retired', () => {
    const shrunk = defineTrackingPlan({
      extends: retentionPlan,
      events: [],
      retired: ['order_delivered', 'of_old'],
    })
    void (async (relay: Producer<typeof shrunk>) => {
      await relay.track('cus_42', { name: 'product_viewed', data: { product_id: 'p', name: 'x' } })
      // @ts-expect-error: the plan has retired it
      await relay.track('cus_42', { name: 'order_delivered', data: { order_id: 'o-1' } })
    })
    expectTypeOf<EventName<typeof shrunk>>().toEqualTypeOf<
      Exclude<EventName<typeof retentionPlan>, 'order_delivered'>
    >()
    const unread = defineTrackingPlan({
      extends: retentionPlan,
      events: [],
      attributes: retentionPlan.attributes,
      retired: ['of_old'] as string[],
    })
    expectTypeOf<EventName<typeof unread>>().toEqualTypeOf<EventName<typeof retentionPlan>>()
  })

  it('takes only fields that are there as personal or critical', () => {
    const schema = z.strictObject({
      score: z.number(),
      items: z.array(z.strictObject({ sku: z.string() })),
    })
    const common = { name: 'quiz_taken', description: 'A test.', version: 1, schema } as const
    const known = defineEvent({
      ...common,
      personal: ['score'],
      critical: ['items', 'items[].sku'],
    })
    expectTypeOf(known.name).toEqualTypeOf<'quiz_taken'>()
    // @ts-expect-error: no such field
    defineEvent({ ...common, personal: ['scores'] })
    // @ts-expect-error: no such field in a line
    defineEvent({ ...common, critical: ['items[].name'] })
  })
})
