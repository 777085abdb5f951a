import * as z from 'zod'

import { defineEvent } from '../tracking-plan.ts'
import { shopId, unixSeconds } from './fields.ts'

/** A parcel of an order reached the customer. */
export const orderDelivered = defineEvent({
  name: 'order_delivered',
  description: 'A parcel of an order reached the customer.',
  version: 1,
  schema: z.strictObject({
    order_id: shopId,
    fulfillment_id: shopId.optional(),
    delivered_at: unixSeconds.optional(),
  }),
  idempotencyKey: {
    of: (data) => data.fulfillment_id ?? data.order_id,
    why: 'Each parcel arrives once; without a parcel id the order counts as one parcel.',
  },
})
