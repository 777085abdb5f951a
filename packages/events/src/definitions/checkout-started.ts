import * as z from 'zod'

import { defineEvent } from '../event-definition.ts'
import { cartId, checkoutId, checkoutUrl, currency, HOUR_MS, items, money } from './fields.ts'
import { idKey } from './key-parts.ts'

/** A customer entered the checkout. */
export const checkoutStarted = defineEvent({
  name: 'checkout_started',
  description: 'A customer entered the checkout.',
  version: 1,
  schema: z.strictObject({
    checkout_id: checkoutId,
    cart_id: cartId.optional(),
    items,
    value: money,
    currency,
    checkout_url: checkoutUrl.optional(),
  }),
  personal: ['checkout_url'],
  critical: ['checkout_id', 'value', 'checkout_url', 'items[].product_id'],
  // Reminders go within a day; a later one reads as spam.
  staleAfterMs: 24 * HOUR_MS,
  onStale: 'dead-letter',
  idempotencyKey: {
    of: (data) => idKey(data.checkout_id),
    why: 'A checkout starts once; a reload of its first page is the same start. A later change is a checkout_updated.',
  },
})
