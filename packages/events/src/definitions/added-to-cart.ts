import * as z from 'zod'

import { defineEvent } from '../event-definition.ts'
import { cartId, currency, HOUR_MS, items, money } from './fields.ts'

/** A customer put something into the cart. */
export const addedToCart = defineEvent({
  name: 'added_to_cart',
  description: 'A customer put something into the cart.',
  version: 1,
  schema: z.strictObject({
    cart_id: cartId,
    items: items.meta({ description: 'What was put in.' }),
    value: money,
    currency,
  }),
  critical: ['cart_id', 'value', 'items[].product_id'],
  // As with the checkout.
  staleAfterMs: 24 * HOUR_MS,
  onStale: 'dead-letter',
})
