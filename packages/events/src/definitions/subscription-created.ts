import * as z from 'zod'

import { defineEvent } from '../tracking-plan.ts'
import { currency, items, money, shopId } from './fields.ts'

/** A customer subscribed. */
export const subscriptionCreated = defineEvent({
  name: 'subscription_created',
  description: 'A customer subscribed.',
  version: 1,
  schema: z.strictObject({
    subscription_id: shopId,
    items,
    value: money,
    currency,
    interval_days: z.int().min(1),
  }),
  idempotencyKey: {
    of: (data) => data.subscription_id,
    why: 'A subscription is created once.',
  },
})
