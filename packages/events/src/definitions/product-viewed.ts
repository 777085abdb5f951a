import * as z from 'zod'

import { defineEvent } from '../tracking-plan.ts'
import { currency, money, shopId } from './fields.ts'

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
})
