import * as z from 'zod'

import { defineEvent } from '../tracking-plan.ts'
import { shopId, unixSeconds } from './fields.ts'

/** A parcel of an order left the warehouse. */
export const orderFulfilled = defineEvent({
  name: 'order_fulfilled',
  description: 'A parcel of an order left the warehouse.',
  version: 1,
  schema: z.strictObject({
    order_id: shopId,
    fulfillment_id: shopId.optional(),
    carrier: z.string().min(1).optional(),
    tracking_url: z.url().optional(),
    estimated_delivery_at: unixSeconds.optional(),
  }),
  idempotencyKey: {
    of: (data) => data.fulfillment_id ?? data.order_id,
    why: 'Each parcel leaves once; without a parcel id the order counts as one parcel.',
  },
})
