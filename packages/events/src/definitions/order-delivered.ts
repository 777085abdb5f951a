import * as z from 'zod'

import { defineEvent } from '../event-definition.ts'
import { itemsConcerned, orderId, shopId, unixSeconds } from './fields.ts'
import { orderPartKey } from './key-parts.ts'

/** A parcel of an order reached the customer. */
export const orderDelivered = defineEvent({
  name: 'order_delivered',
  description: 'A parcel of an order reached the customer.',
  version: 1,
  schema: z.strictObject({
    order_id: orderId,
    fulfillment_id: shopId("The shop's id of the parcel.", 'f-33').optional(),
    items: itemsConcerned('What is in the parcel.'),
    delivered_at: unixSeconds
      .meta({ description: 'When it arrived.', unit: 'unix seconds', examples: [1_795_800_000] })
      .optional(),
  }),
  critical: ['order_id', 'delivered_at'],
  idempotencyKey: {
    of: (data) => orderPartKey(data.fulfillment_id, data.order_id),
    why: 'Each parcel arrives once; without a parcel id the order counts as one parcel (key: order:<order_id>).',
  },
})
