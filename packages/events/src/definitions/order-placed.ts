import * as z from 'zod'

import { defineEvent } from '../event-definition.ts'
import { cartId, checkoutId, currency, items, money, orderId, text } from './fields.ts'
import { idKey } from './key-parts.ts'

/** An order was placed and accepted by the shop. */
export const orderPlaced = defineEvent({
  name: 'order_placed',
  description: 'An order was placed and accepted by the shop.',
  version: 1,
  schema: z.strictObject({
    order_id: orderId,
    checkout_id: checkoutId.optional(),
    cart_id: cartId.optional(),
    items,
    value: money,
    currency,
    coupon: text('Code that was redeemed.', 'WELCOME10').optional(),
  }),
  critical: ['order_id', 'value', 'items[].product_id', 'items[].purchase_type'],
  // Whoever has paid gets no word about the cart.
  supersedes: ['checkout_started', 'checkout_updated', 'added_to_cart', 'cart_updated'],
  idempotencyKey: {
    of: (data) => idKey(data.order_id),
    why: 'An order is placed once, whichever service tells of it and however often its webhook is retried.',
  },
})
