import * as z from 'zod'

import { defineEvent } from '../tracking-plan.ts'
import { currency, items, money, shopId } from './fields.ts'

/** An order was placed and accepted by the shop. */
export const orderPlaced = defineEvent({
  name: 'order_placed',
  description: 'An order was placed and accepted by the shop.',
  version: 1,
  schema: z.strictObject({
    order_id: shopId,
    checkout_id: shopId.optional(),
    cart_id: shopId.optional(),
    items,
    value: money,
    currency,
    coupon: z.string().min(1).optional(),
  }),
  // Whoever has paid gets no word about the cart.
  supersedes: ['checkout_started', 'added_to_cart'],
  idempotencyKey: {
    of: (data) => data.order_id,
    why: 'An order is placed once, whichever service tells of it and however often its webhook is retried.',
  },
})
