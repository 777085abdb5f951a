// The load of every measurement: product views of about 330 bytes, of many customers.

import type { retentionPlan, TrackInput } from '@retention-relay/events'

/** Customers of the load: more than fit into one batch of each partition. */
export const CUSTOMERS = 20_000

type View = Extract<TrackInput<typeof retentionPlan>, { name: 'product_viewed' }>

/** One event of the load. */
export interface LoadEvent {
  readonly customerId: string
  readonly event: View
}

/** The n-th event of the load. */
export function loadEvent(number: number): LoadEvent {
  const data = {
    product_id: `p-${number % 500}`,
    name: 'Green tea from the mountains, first picking of this year, loose leaves',
    value: 12.9,
    currency: 'EUR',
    url: `https://shop.example.com/products/green-tea-from-the-mountains?view=${number}`,
  }
  return { customerId: `cus_${number % CUSTOMERS}`, event: { name: 'product_viewed', data } }
}
