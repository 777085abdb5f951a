import * as z from 'zod'

import { money, unixSeconds } from './fields.ts'

/** Attributes that `identify` may set. Null clears one at Customer.io. */
export const identifyAttributes = z
  .strictObject({
    email: z.email().nullable().describe('E-mail address. An attribute, never the identifier.'),
    phone: z
      .string()
      .regex(/^\+[1-9][0-9]{6,14}$/, { error: 'give an E.164 number, for instance +4930123456' })
      .nullable(),
    first_order_at: unixSeconds.nullable(),
    last_order_at: unixSeconds.nullable(),
    total_orders: z.int().min(0),
    lifetime_value: money,
    vip_tier: z.string().min(1).nullable(),
    sms_opt_in: z.boolean(),
    country: z
      .string()
      .regex(/^[A-Z]{2}$/, { error: 'give an ISO 3166 code in upper case, for instance DE' }),
    discount_eligible: z.boolean(),
    first_time_buyer: z.boolean(),
  })
  .partial()
