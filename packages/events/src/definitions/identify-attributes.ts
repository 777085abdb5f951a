import * as z from 'zod'

import { defineAttributes } from '../event-definition.ts'
import { money, unixSeconds } from './fields.ts'

const time = (description: string): z.ZodNullable<z.ZodInt> =>
  unixSeconds.nullable().meta({ description, unit: 'unix seconds', examples: [1_795_600_000] })

const word = (description: string, example: string): z.ZodNullable<z.ZodString> =>
  z
    .string()
    .min(1)
    .nullable()
    .meta({ description, examples: [example] })

const flag = (description: string): z.ZodBoolean =>
  z.boolean().meta({ description, examples: [true] })

const amount = (description: string): z.ZodNumber =>
  money.meta({ description, unit: "major units of the shop's currency", examples: [120.5] })

/** Attributes that `identify` may set. Null clears one at Customer.io. */
export const identifyAttributes = defineAttributes({
  description: 'What is known of a customer has changed. What is left out stays as it is.',
  schema: z
    .strictObject({
      email: z
        .email()
        .nullable()
        .meta({
          description: 'E-mail address. An attribute, never the identifier.',
          examples: ['anna@example.com'],
        }),
      phone: z
        .string()
        .regex(/^\+[1-9][0-9]{6,14}$/, { error: 'give an E.164 number, for instance +4930123456' })
        .nullable()
        .meta({ description: 'Phone number, E.164.', examples: ['+4930123456'] }),
      first_name: word('First name.', 'Anna'),
      last_name: word('Last name.', 'Schmidt'),
      language: z
        .string()
        .regex(/^[a-z]{2}(-[A-Z]{2})?$/, { error: 'give a language, for instance de or de-AT' })
        .meta({ description: 'Language of mails.', examples: ['de'] }),
      country: z
        .string()
        .regex(/^[A-Z]{2}$/, { error: 'give an ISO 3166 code in upper case, for instance DE' })
        .meta({ description: 'ISO 3166 code.', examples: ['DE'] }),
      created_at: time('When the customer first came to the shop.'),
      first_order_at: time('First order.'),
      last_order_at: time('Latest order.'),
      next_replenishment_at: time('When the customer is expected to need something again.'),
      total_orders: z
        .int()
        .min(0)
        .meta({ description: 'Orders so far.', unit: 'orders', examples: [3] }),
      lifetime_value: amount('Value of all orders.'),
      average_order_value: amount('Middle value of an order.'),
      active_subscriptions: z
        .int()
        .min(0)
        .meta({
          description: 'Subscriptions that run.',
          unit: 'subscriptions',
          examples: [1],
        }),
      vip_tier: word('Tier of the loyalty programme.', 'gold'),
      email_opt_in: flag('Consents to marketing by e-mail.'),
      sms_opt_in: flag('Consents to marketing by SMS.'),
      push_opt_in: flag('Consents to marketing by push.'),
      unsubscribed: flag(
        'Customer.io sends no marketing at all. Set by the shop on a general objection.',
      ),
      discount_eligible: flag('May get a discount code.'),
      winback_eligible: flag('May be won back: has bought, has not for long, has not objected.'),
      first_time_buyer: flag('Has ordered exactly once.'),
    })
    .partial(),
  personal: ['email', 'phone', 'first_name', 'last_name'],
  critical: [
    'email',
    'email_opt_in',
    'sms_opt_in',
    'push_opt_in',
    'unsubscribed',
    'discount_eligible',
    'winback_eligible',
  ],
})
