import * as z from 'zod'

import { defineEvent } from '../tracking-plan.ts'
import { currency, HOUR_MS, items, money, shopId } from './fields.ts'

/** A customer entered the checkout. */
export const checkoutStarted = defineEvent({
  name: 'checkout_started',
  description: 'A customer entered the checkout.',
  version: 1,
  schema: z.strictObject({
    checkout_id: shopId,
    cart_id: shopId.optional(),
    items,
    value: money,
    currency,
    checkout_url: z.url().optional(),
  }),
  // Reminders go within a day; a later one reads as spam.
  staleAfterMs: 24 * HOUR_MS,
  onStale: 'dead-letter',
  idempotencyKey: {
    of: (data) => data.checkout_id,
    why: 'A checkout starts once; a reload of its first page is the same start.',
  },
})
