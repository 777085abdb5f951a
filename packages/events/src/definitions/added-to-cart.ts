import * as z from 'zod'

import { defineEvent } from '../tracking-plan.ts'
import { currency, HOUR_MS, items, money, shopId } from './fields.ts'

/** A customer put something into the cart. */
export const addedToCart = defineEvent({
  name: 'added_to_cart',
  description: 'A customer put something into the cart.',
  version: 1,
  schema: z.strictObject({
    cart_id: shopId,
    items,
    value: money,
    currency,
  }),
  // As with the checkout.
  staleAfterMs: 24 * HOUR_MS,
  onStale: 'dead-letter',
})
