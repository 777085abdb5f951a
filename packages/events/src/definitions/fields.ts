// Fields that several events share. Money is a decimal number in major units (19.9 is nineteen euro ninety), as
// Customer.io's liquid and segments expect; times inside data are unix seconds, as its segments expect. An optional field
// that has no value is left out: null is for attributes, where it clears one.

import * as z from 'zod'

import { CURRENCIES } from './currencies.ts'

/** An hour in milliseconds. */
export const HOUR_MS = 60 * 60 * 1000

/** A time in unix seconds. Milliseconds match no segment, so they are refused. */
export const unixSeconds = z
  .int()
  .min(0)
  .max(9_999_999_999, {
    error: 'this is a time in milliseconds; give unix seconds (milliseconds / 1000, whole)',
  })
  .meta({ description: 'Time.', unit: 'unix seconds', examples: [1_795_600_000] })

/** An amount of money in major units, not negative. */
export const money = z
  .number()
  .min(0)
  .meta({ description: 'Amount.', unit: 'major units of the currency', examples: [39.8] })

/** For the check of each event: the list is long to walk. */
const KNOWN_CURRENCIES: ReadonlySet<string> = new Set(CURRENCIES)

/** ISO 4217 code. Its type is text: a shop has its currency from somewhere, and no compiler knows that it is one of the list. */
export const currency = z
  .string()
  .refine((code) => KNOWN_CURRENCIES.has(code), {
    error: 'give an ISO 4217 code in upper case, for instance EUR',
  })
  .meta({
    description: 'ISO 4217 code of every amount of the event.',
    examples: ['EUR'],
    enum: CURRENCIES,
  })

/** An identifier of the shop's own. `example` is one. */
export function shopId(description: string, example: string): z.ZodString {
  return z
    .string()
    .min(1)
    .max(150)
    .meta({ description, examples: [example] })
}

/** A short text. */
export function text(description: string, example: string): z.ZodString {
  return z
    .string()
    .min(1)
    .meta({ description, examples: [example] })
}

/** An address of the web that a person can open. */
export function webAddress(description: string, example: string): z.ZodString {
  return z
    .string()
    .regex(/^https?:\/\/[^\s/?#]+[^\s]*$/, {
      error: 'give a whole address that begins with https://',
    })
    .meta({ description, examples: [example] })
}

/** A whole number from 1. */
export function count(description: string, unit: string, example: number): z.ZodInt {
  return z
    .int()
    .min(1)
    .meta({ description, unit, examples: [example] })
}

/** The cart that the event is about. */
export const cartId = shopId("The shop's id of the cart.", 'cart-5521')
/** The checkout that the event is about. */
export const checkoutId = shopId("The shop's id of the checkout.", 'co-7310')
/** The page of that checkout. */
export const checkoutUrl = webAddress(
  'Where the customer goes on; opens the checkout without a log-in.',
  'https://shop.example/checkout/co-7310',
)
/** The order that the event is about. */
export const orderId = shopId("The shop's id of the order.", 'o-981')
/** The subscription that the event is about. */
export const subscriptionId = shopId("The shop's id of the subscription.", 's-204')

/**
 * Number of a change. With it two calls about one change are one event; without it each call is an event of its own.
 */
export const revision = z
  .int()
  .min(0)
  .meta({
    description:
      'Number of the change, where the shop counts them: it makes a repeated call the same event.',
    examples: [3],
  })

/** One line of a cart, a checkout or an order. */
export const item = z
  .strictObject({
    product_id: shopId("The shop's id of the product.", 'p-17'),
    sku: text('Stock keeping unit of the variant.', 'COF-1KG').optional(),
    name: text('Name as the customer reads it.', 'Coffee beans 1 kg'),
    quantity: count('How many.', 'pieces', 2),
    unit_price: money.meta({
      description: 'Price of one piece.',
      unit: 'major units of the currency',
      examples: [19.9],
    }),
    purchase_type: z
      .enum(['one_time', 'subscription'])
      .optional()
      .meta({
        description: 'Bought once, or on a subscription.',
        examples: ['one_time'],
      }),
    category: text('Category, for segments.', 'coffee').optional(),
    url: webAddress('Page of the product.', 'https://shop.example/p/17').optional(),
    image_url: webAddress('Picture, for the mail.', 'https://shop.example/p/17.jpg').optional(),
    replenishment_days: count(
      'After how long the customer needs it again, where the shop knows.',
      'days',
      30,
    ).optional(),
  })
  .meta({ description: 'One line.' })

/** The lines that the event is about, where it is not about all of them; of an event that may do without. */
export const itemsConcerned = (description: string): z.ZodOptional<z.ZodArray<typeof item>> =>
  z.array(item).min(1).meta({ description }).optional()

/** At least one line. */
export const items = z.array(item).min(1).meta({ description: 'The lines.' })
