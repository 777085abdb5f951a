// Fields that several events share. Money is a decimal number in major units (19.9 is nineteen euro ninety), as
// Customer.io's liquid and segments expect; times inside data are unix seconds, as its segments expect.

import * as z from 'zod'

/** An hour in milliseconds. */
export const HOUR_MS = 60 * 60 * 1000

/** A time in unix seconds. Milliseconds match no segment, so they are refused. */
export const unixSeconds = z
  .int()
  .min(0)
  .max(9_999_999_999, {
    error: 'this is a time in milliseconds; give unix seconds (milliseconds / 1000, whole)',
  })
  .describe('Time in unix seconds.')

/** An amount of money in major units, not negative. */
export const money = z.number().min(0).describe('Amount in major units, for instance 19.9.')

/** ISO 4217 code. */
export const currency = z
  .string()
  .regex(/^[A-Z]{3}$/, { error: 'give an ISO 4217 code in upper case, for instance EUR' })
  .describe('ISO 4217 code.')

/** An identifier of the shop's own. */
export const shopId = z.string().min(1).max(150).describe("The shop's own identifier, a string.")

/** One line of a cart, a checkout or an order. */
export const item = z.strictObject({
  product_id: shopId,
  sku: z.string().min(1).optional(),
  name: z.string().min(1),
  quantity: z.int().min(1),
  unit_price: money,
  purchase_type: z.enum(['one_time', 'subscription']).optional(),
})

/** At least one line. */
export const items = z.array(item).min(1)
