// An order with three items: the larger of the events whose cost is measured one by one.

import type { retentionPlan, TrackInput } from '@retention-relay/events'

/** About 600 bytes. */
export const ORDER: TrackInput<typeof retentionPlan> = {
  name: 'order_placed',
  data: {
    order_id: 'o-981',
    checkout_id: 'co-7310',
    cart_id: 'cart-5521',
    items: ['p-17', 'p-18', 'p-19'].map((product_id) => ({
      product_id,
      sku: 'COF-1KG',
      name: 'Coffee beans 1 kg',
      quantity: 2,
      unit_price: 19.9,
      purchase_type: 'one_time' as const,
    })),
    value: 119.4,
    currency: 'EUR',
  },
}
