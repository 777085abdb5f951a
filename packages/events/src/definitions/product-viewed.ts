import * as z from 'zod'

import { defineEvent } from '../event-definition.ts'
import { currency, HOUR_MS, money, shopId, text, webAddress } from './fields.ts'

/** A known customer looked at a product. */
export const productViewed = defineEvent({
  name: 'product_viewed',
  description: 'A known customer looked at a product.',
  version: 1,
  schema: z
    .strictObject({
      product_id: shopId("The shop's id of the product.", 'p-17'),
      name: text('Name as the customer reads it.', 'Coffee beans 1 kg'),
      value: money.optional(),
      currency: currency.optional(),
      category: text('Category, for segments.', 'coffee').optional(),
      url: webAddress('Page of the product.', 'https://shop.example/p/17').optional(),
      image_url: webAddress('Picture, for the mail.', 'https://shop.example/p/17.jpg').optional(),
    })
    .refine(({ value, currency: code }) => (value === undefined) === (code === undefined), {
      error: 'give value and currency together, or neither',
      path: ['currency'],
    })
    // The same for JSON Schema.
    .meta({ dependentRequired: { value: ['currency'], currency: ['value'] } }),
  critical: ['product_id', 'value'],
  // Interest cools: after an outage at night nobody is asked at noon what was looked at the evening before.
  staleAfterMs: 6 * HOUR_MS,
  onStale: 'dead-letter',
})
