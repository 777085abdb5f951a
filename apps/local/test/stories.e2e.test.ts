// What must never happen to a customer, each story named for its incident: a producer, the worker as a process, a real
// Redis, and a mock Customer.io that goes out and comes back.

import { startMock } from '@retention-relay/mock-customerio'
import type { Mock } from '@retention-relay/mock-customerio'
import { createProducer } from '@retention-relay/producer'
import type { Producer, retentionPlan } from '@retention-relay/producer'
import { startTestRedis, until } from '@retention-relay/testkit'
import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'

import { durableCounts, NAMESPACE, startWorker } from './main-path.ts'

const HOUR_MS = 3_600_000

const goods = {
  items: [{ product_id: 'p-17', name: 'Coffee beans', quantity: 1, unit_price: 19.9 }],
  value: 19.9,
  currency: 'EUR',
}

interface Shop {
  readonly relay: Producer<typeof retentionPlan>
  readonly mock: Mock
  /** Resolves when so many events have an outcome, and nothing waits any more. */
  readonly settled: (events: number) => Promise<Record<string, number>>
  /** Names of the events that took effect, in order. */
  readonly told: () => string[]
}

const openShop = async (): Promise<Shop> => {
  const redis = await startTestRedis({ onEnd: onTestFinished })
  const client = new Redis(redis.socketPath)
  onTestFinished(() => client.disconnect())
  const mock = await startMock()
  onTestFinished(() => mock.close())
  const relay = await createProducer({ namespace: NAMESPACE, redis: redis.url })
  onTestFinished(() => relay.close())
  await startWorker(redis.url, mock, onTestFinished)
  return {
    relay,
    mock,
    settled: (events) =>
      until(() => durableCounts(client), {
        accept: ({ openJobs, delivered = 0, duplicate = 0, dead = 0 }) =>
          openJobs === 0 && delivered + duplicate + dead === events,
        timeoutMs: 30_000,
      }),
    told: () =>
      mock
        .received()
        .filter(({ duplicate }) => !duplicate)
        .map(({ name }) => name ?? ''),
  }
}

/** Customer.io answers 502 until the returned function is called; a first event has met it before this resolves. */
const outage = async ({ relay, mock }: Shop): Promise<() => void> => {
  const end = mock.fault({ kind: 'answer', status: 502 })
  await relay.track('cus_probe', { name: 'product_viewed', data: { product_id: 'p', name: 'x' } })
  await mock.waitFor(({ faulted }) => faulted > 0)
  return end
}

test('a checkout mail never follows the order', async () => {
  const shop = await openShop()
  const { relay } = shop
  const ids = { checkout_id: 'co-1', cart_id: 'cart-1' }
  const end = await outage(shop)
  await relay.track('cus_1', { name: 'checkout_started', data: { ...ids, ...goods } })
  await relay.track('cus_1', { name: 'checkout_updated', data: { ...ids, ...goods } })
  await relay.track('cus_1', { name: 'order_placed', data: { order_id: 'o-1', ...ids, ...goods } })
  end()
  expect(await shop.settled(4)).toMatchObject({ delivered: 2, dead: 2 })
  expect(shop.told().toSorted()).toEqual(['order_placed', 'product_viewed'])
})

test("the phone's checkout does not survive the desktop's order", async () => {
  const shop = await openShop()
  const { relay } = shop
  const end = await outage(shop)
  // Logged in on both: another checkout of the same customer. A guest on the phone: the same cart under another id.
  const phone = { checkout_id: 'co-phone', ...goods }
  await relay.track('cus_1', { name: 'checkout_started', data: phone })
  const guest = { checkout_id: 'co-guest', cart_id: 'cart-1', ...goods }
  await relay.track('guest_7', { name: 'checkout_started', data: guest })
  await relay.track('cus_2', {
    name: 'checkout_started',
    data: { ...phone, checkout_id: 'co-other' },
  })
  const order = { order_id: 'o-1', checkout_id: 'co-desktop', cart_id: 'cart-1', ...goods }
  await relay.track('cus_1', { name: 'order_placed', data: order })
  end()
  expect(await shop.settled(5)).toMatchObject({ delivered: 3, dead: 2 })
  expect(shop.told().toSorted()).toEqual(['checkout_started', 'order_placed', 'product_viewed'])
})

test('a cart that changes three times is told three times', async () => {
  const shop = await openShop()
  const change = (quantity: number, revision?: number) =>
    shop.relay.track('cus_1', {
      name: 'cart_updated',
      data: {
        cart_id: 'cart-1',
        ...goods,
        items: [{ ...goods.items[0]!, quantity }],
        ...(revision === undefined ? {} : { revision }),
      },
    })
  await change(1)
  await change(2)
  await change(1)
  // With its number a change that is told twice is one event.
  await change(4, 4)
  await change(4, 4)
  expect(await shop.settled(5)).toMatchObject({ delivered: 4, duplicate: 1 })
  expect(shop.told()).toHaveLength(4)
})

test("a night-time outage does not send yesterday's browse mails", async () => {
  const shop = await openShop()
  const { relay } = shop
  const end = await outage(shop)
  const yesterday = { occurredAt: new Date(Date.now() - 10 * HOUR_MS) }
  const view = { name: 'product_viewed', data: { product_id: 'p-17', name: 'Coffee' } } as const
  await relay.track('cus_1', view, yesterday)
  await relay.track(
    'cus_2',
    { name: 'order_placed', data: { order_id: 'o-2', ...goods } },
    yesterday,
  )
  await relay.track('cus_3', view)
  end()
  expect(await shop.settled(4)).toMatchObject({ delivered: 3, dead: 1 })
  const told = shop.mock.received().filter(({ duplicate }) => !duplicate)
  expect(told.map(({ customerId }) => customerId).toSorted()).toEqual([
    'cus_2',
    'cus_3',
    'cus_probe',
  ])
  // With its own time, which is what journeys see.
  const order = told.find(({ name }) => name === 'order_placed')
  expect(order?.timestamp).toBe(Math.floor(yesterday.occurredAt.getTime() / 1000))
})

test('an e-mail change keeps one profile', async () => {
  const shop = await openShop()
  const { relay, mock } = shop
  await relay.identify('cus_1', { email: 'old@example.com', total_orders: 1 })
  await relay.track('cus_1', { name: 'order_placed', data: { order_id: 'o-1', ...goods } })
  await relay.identify('cus_1', { email: 'new@example.com' })
  await relay.track('cus_1', { name: 'order_placed', data: { order_id: 'o-2', ...goods } })
  await shop.settled(4)
  expect(mock.summary().customers).toBe(1)
  expect(mock.person('old@example.com')).toBe(null)
  expect(mock.person('new@example.com')).toEqual(mock.person('cus_1'))
  expect(mock.person('cus_1')?.attributes).toMatchObject({
    email: 'new@example.com',
    total_orders: 1,
  })
})

test('a subscription canceled twice is told twice', async () => {
  const shop = await openShop()
  const cancel = (cancellation?: string) =>
    shop.relay.track('cus_1', {
      name: 'subscription_canceled',
      data: {
        subscription_id: 's-1',
        reason: 'too_much_product',
        ...(cancellation === undefined ? {} : { cancellation_id: cancellation }),
      },
    })
  await cancel()
  // Resumed in between.
  await cancel()
  await cancel('sc-1')
  await cancel('sc-2')
  // A webhook that is retried.
  await cancel('sc-2')
  expect(await shop.settled(5)).toMatchObject({ delivered: 4, duplicate: 1 })
  expect(shop.told()).toHaveLength(4)
})
