import * as z from 'zod'

import { defineEvent } from '../tracking-plan.ts'
import { currency, HOUR_MS, money, shopId } from './fields.ts'

/** A known customer looked at a product. */
export const productViewed = defineEvent({
  name: 'product_viewed',
  description: 'A known customer looked at a product.',
  version: 1,
  schema: z.strictObject({
    product_id: shopId,
    name: z.string().min(1),
    value: money.optional(),
    currency: currency.optional(),
    url: z.url().optional(),
  }),
  // Interest cools: after an outage at night nobody is asked at noon what was looked at the evening before.
  staleAfterMs: 6 * HOUR_MS,
  onStale: 'dead-letter',
})
