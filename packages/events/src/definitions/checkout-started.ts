import * as z from 'zod'

import { defineEvent } from '../tracking-plan.ts'
import { currency, items, money, shopId } from './fields.ts'

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
  idempotencyKey: {
    of: (data) => data.checkout_id,
    why: 'A checkout starts once; a reload of its first page is the same start.',
  },
})
