import * as z from 'zod'

import { defineEvent } from '../event-definition.ts'
import { itemsConcerned, orderId, shopId, text, unixSeconds, webAddress } from './fields.ts'
import { orderPartKey } from './key-parts.ts'

/** A parcel of an order left the warehouse. */
export const orderFulfilled = defineEvent({
  name: 'order_fulfilled',
  description: 'A parcel of an order left the warehouse.',
  version: 1,
  schema: z.strictObject({
    order_id: orderId,
    fulfillment_id: shopId("The shop's id of the parcel.", 'f-33').optional(),
    items: itemsConcerned('What is in the parcel.'),
    carrier: text('Who brings it.', 'DHL').optional(),
    tracking_url: webAddress(
      'Where the customer follows the parcel.',
      'https://track.example/00340434',
    ).optional(),
    estimated_delivery_at: unixSeconds
      .meta({
        description: 'When it is expected.',
        unit: 'unix seconds',
        examples: [1_795_800_000],
      })
      .optional(),
  }),
  personal: ['tracking_url'],
  critical: ['order_id'],
  idempotencyKey: {
    of: (data) => orderPartKey(data.fulfillment_id, data.order_id),
    why: 'Each parcel leaves once; without a parcel id the order counts as one parcel (key: order:<order_id>).',
  },
})
