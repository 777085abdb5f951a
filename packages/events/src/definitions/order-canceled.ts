import * as z from 'zod'

import { defineEvent } from '../event-definition.ts'
import { currency, itemsConcerned, money, orderId, shopId } from './fields.ts'
import { orderPartKey } from './key-parts.ts'

/** An order was canceled, whole or in part. */
export const orderCanceled = defineEvent({
  name: 'order_canceled',
  description: 'An order was canceled, whole or in part.',
  version: 1,
  schema: z.strictObject({
    order_id: orderId,
    cancellation_id: shopId(
      "The shop's id of the cancellation, where an order can be canceled in parts.",
      'cancel-12',
    ).optional(),
    reason: z
      .enum(['customer_request', 'payment_failed', 'out_of_stock', 'fraud', 'address', 'other'])
      .meta({ description: 'Why.', examples: ['customer_request'] }),
    items: itemsConcerned('What is canceled.'),
    value: money.meta({
      description: 'What is canceled.',
      unit: 'major units of the currency',
      examples: [39.8],
    }),
    currency,
  }),
  critical: ['order_id', 'reason'],
  idempotencyKey: {
    of: (data) => orderPartKey(data.cancellation_id, data.order_id),
    why: 'Each cancellation is told once; without an id of its own the order counts as canceled whole, and that once (key: order:<order_id>).',
  },
})
