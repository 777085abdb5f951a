import * as z from 'zod'

import { defineEvent } from '../event-definition.ts'
import { currency, itemsConcerned, money, orderId, shopId } from './fields.ts'
import { idKey } from './key-parts.ts'

/** Money of an order went back to the customer. */
export const orderRefunded = defineEvent({
  name: 'order_refunded',
  description: 'Money of an order went back to the customer, all of it or a part.',
  version: 1,
  schema: z.strictObject({
    order_id: orderId,
    refund_id: shopId("The shop's or the payment provider's id of the refund.", 'r-8'),
    reason: z
      .enum(['returned', 'damaged', 'not_received', 'canceled', 'goodwill', 'other'])
      .meta({ description: 'Why.', examples: ['returned'] }),
    items: itemsConcerned('What the money was for.'),
    value: money.meta({
      description: 'What went back.',
      unit: 'major units of the currency',
      examples: [19.9],
    }),
    currency,
  }),
  critical: ['order_id', 'reason', 'value'],
  idempotencyKey: {
    of: (data) => idKey(data.refund_id),
    why: 'An order may be refunded in parts, each of them once.',
  },
})
