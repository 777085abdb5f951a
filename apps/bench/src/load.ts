// The load of every measurement: product views of about 330 bytes, of many customers.

import type { retentionPlan, TrackInput } from '@retention-relay/events'

/** Customers of the load: more than fit into one batch of each partition. */
export const CUSTOMERS = 20_000

/** One event of the load. */
export type LoadEvent = { readonly customerId: string } & Extract<
  TrackInput<typeof retentionPlan>,
  { name: 'product_viewed' }
>

/** The n-th event of the load. */
export function loadEvent(number: number): LoadEvent {
  return {
    customerId: `cus_${number % CUSTOMERS}`,
    name: 'product_viewed',
    data: {
      product_id: `p-${number % 500}`,
      name: 'Green tea from the mountains, first picking of this year, loose leaves',
      value: 12.9,
      currency: 'EUR',
      url: `https://shop.example.com/products/green-tea-from-the-mountains?view=${number}`,
    },
  }
}
