// A small shop that never sleeps: customers look, fill carts, check out, order, receive parcels and subscribe. It makes
// events, one after another, in the order in which such a shop would; many customers' journeys run side by side.
// The same seed makes the same events, but for the run's name in the ids: a second run places other orders.

import type { AttributesInput, retentionPlan, TrackInput } from '@retention-relay/events'
import { RELAY_VERSION } from '@retention-relay/worker'

/** One event of the shop, in the form that the producer's `enqueue` takes. */
export type ShopEvent =
  | ({ readonly op: 'track'; readonly customerId: string } & TrackInput<typeof retentionPlan>)
  | {
      readonly op: 'identify'
      readonly customerId: string
      readonly attributes: AttributesInput<typeof retentionPlan>
    }

/** The shop as a service, with its version: stands in its jobs. */
export const SHOP_SERVICE: string = `sample-shop@${RELAY_VERSION}`

/** The coupon that the mock refuses, so that a reader sees a dead letter. */
export const REFUSED_COUPON = 'REFUSED-BY-THE-MOCK'

/** How the shop is made. */
export interface SampleShopOptions {
  /** Distinguishes the ids of this run from those of others. */
  readonly run: string
  /** Default 1. */
  readonly seed?: number
  /** Default 400. */
  readonly customers?: number
}

const PRODUCTS = [
  { product_id: 'p-101', sku: 'TEA-GREEN', name: 'Green tea', unit_price: 12.9 },
  { product_id: 'p-102', sku: 'TEA-BLACK', name: 'Black tea', unit_price: 11.5 },
  { product_id: 'p-201', sku: 'CUP-WHITE', name: 'White cup', unit_price: 18 },
  { product_id: 'p-301', sku: 'POT-IRON', name: 'Iron pot', unit_price: 64.9 },
] as const

type CartData = Extract<TrackInput<typeof retentionPlan>, { name: 'added_to_cart' }>['data']
type Goods = Omit<CartData, 'cart_id'>

/** Journeys that run side by side. */
const JOURNEYS = 40
const COUNTRIES = ['DE', 'FR', 'NL', 'AT'] as const

/** Endless: take as many as needed. */
export function* sampleShop(options: SampleShopOptions): Generator<ShopEvent, never> {
  const random = randomFrom(options.seed ?? 1)
  const customers = options.customers ?? 400
  const running: Generator<ShopEvent>[] = []
  const busy = new Set<string>()
  for (let started = 0; ;) {
    while (running.length < Math.min(JOURNEYS, customers)) {
      const customerId = `cus_${1000 + Math.floor(random() * customers)}`
      if (busy.has(customerId)) continue
      started += 1
      busy.add(customerId)
      running.push(
        journey(customerId, `${options.run}-${started}`, random, () => busy.delete(customerId)),
      )
    }
    const at = Math.floor(random() * running.length)
    const next = running[at]!.next()
    if (next.done === true) running.splice(at, 1)
    else yield next.value
  }
}

/** An order of this customer that the mock refuses through its planted rule. */
export function refusedOrder(run: string): ShopEvent {
  const lines = [{ ...PRODUCTS[0], quantity: 1 }]
  return {
    op: 'track',
    customerId: 'cus_999',
    name: 'order_placed',
    data: {
      order_id: `o-${run}-refused`,
      items: lines,
      value: 12.9,
      currency: 'EUR',
      coupon: REFUSED_COUPON,
    },
  }
}

/** What one customer does in one visit. */
function* journey(
  customerId: string,
  id: string,
  random: () => number,
  ended: () => void,
): Generator<ShopEvent> {
  const track = (event: TrackInput<typeof retentionPlan>): ShopEvent => ({
    op: 'track',
    customerId,
    ...event,
  })
  const product = PRODUCTS[Math.floor(random() * PRODUCTS.length)]!
  const items = [
    { ...product, quantity: 1 + Math.floor(random() * 3), purchase_type: 'one_time' as const },
  ]
  const value = Math.round(items[0]!.quantity * product.unit_price * 100) / 100
  const money = { value, currency: 'EUR' }
  yield {
    op: 'identify',
    customerId,
    attributes: {
      email: `${customerId}@example.com`,
      country: COUNTRIES[Math.floor(random() * 4)]!,
    },
  }
  yield track({
    name: 'product_viewed',
    data: { product_id: product.product_id, name: product.name, ...money },
  })
  if (random() < 0.8) yield* purchase(customerId, id, { items, ...money }, random)
  if (random() < 0.1) {
    yield track({
      name: 'subscription_created',
      data: { subscription_id: `s-${id}`, items, ...money, interval_days: 30 },
    })
    if (random() < 0.3) {
      yield track({
        name: 'subscription_canceled',
        data: { subscription_id: `s-${id}`, reason: 'too_much_product' },
      })
    }
  }
  ended()
}

/** A cart, its checkout, and mostly an order. */
function* purchase(
  customerId: string,
  id: string,
  goods: Goods,
  random: () => number,
): Generator<ShopEvent> {
  const of = { op: 'track', customerId } as const
  const [cart_id, checkout_id, order_id] = [`c-${id}`, `k-${id}`, `o-${id}`]
  yield { ...of, name: 'added_to_cart', data: { cart_id, ...goods } }
  yield { ...of, name: 'checkout_started', data: { checkout_id, cart_id, ...goods } }
  if (random() < 0.25) return
  yield { ...of, name: 'order_placed', data: { order_id, checkout_id, cart_id, ...goods } }
  const attributes = { total_orders: 1, lifetime_value: goods.value, first_time_buyer: false }
  yield { op: 'identify', customerId, attributes }
  yield { ...of, name: 'order_fulfilled', data: { order_id, carrier: 'post' } }
  yield { ...of, name: 'order_delivered', data: { order_id } }
}

/** Mulberry32: small, and the same everywhere. 0 ≤ x < 1. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
