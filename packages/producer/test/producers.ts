// Producers for tests: each with a namespace of its own, closed with the test.

import { createProducer } from '@retention-relay/producer'
import type { Producer, ProducerOptions, retentionPlan } from '@retention-relay/producer'
import { onTestFinished } from 'vitest'

/** A producer of the shipped plan. */
export type TestProducer = Producer<typeof retentionPlan>

let namespaces = 0

/** A namespace that no other test of this file has. */
export function freshNamespace(): string {
  return `test-${(namespaces += 1)}`
}

/** Makes a producer that is closed with the test. */
export async function makeProducer(
  options: Partial<ProducerOptions> & Pick<ProducerOptions, 'redis'>,
): Promise<TestProducer> {
  const relay = await createProducer({ namespace: freshNamespace(), ...options })
  onTestFinished(() => relay.close())
  return relay
}

/** The call of a product view; the product's name tells the events of a test apart. */
export function view(name: string): {
  name: 'product_viewed'
  data: { product_id: string; name: string }
} {
  return { name: 'product_viewed', data: { product_id: 'p-1', name } }
}

/** The call of an order. */
export function order(orderId: string): {
  name: 'order_placed'
  data: {
    order_id: string
    items: { product_id: string; name: string; quantity: number; unit_price: number }[]
    value: number
    currency: string
  }
} {
  const item = { product_id: 'p-1', name: 'Coffee beans', quantity: 2, unit_price: 19.9 }
  return {
    name: 'order_placed',
    data: { order_id: orderId, items: [item], value: 39.8, currency: 'EUR' },
  }
}

/** How a call ended: its receipt, or its error. */
export type Fate<Receipt> = { receipt: Receipt } | { code: string; eventId?: string }

/** Waits for a call without rejecting. */
export async function fateOf<Receipt>(call: Promise<Receipt>): Promise<Fate<Receipt>> {
  try {
    return { receipt: await call }
  } catch (error) {
    return error as { code: string; eventId?: string }
  }
}
