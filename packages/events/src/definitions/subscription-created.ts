import * as z from 'zod'

import { defineEvent } from '../event-definition.ts'
import { count, currency, items, money, subscriptionId, unixSeconds } from './fields.ts'
import { idKey } from './key-parts.ts'

/** A customer subscribed. */
export const subscriptionCreated = defineEvent({
  name: 'subscription_created',
  description: 'A customer subscribed.',
  version: 1,
  schema: z.strictObject({
    subscription_id: subscriptionId,
    items,
    value: money,
    currency,
    interval_days: count('Between two deliveries.', 'days', 30),
    next_charge_at: unixSeconds
      .meta({
        description: 'When it is charged next.',
        unit: 'unix seconds',
        examples: [1_798_200_000],
      })
      .optional(),
  }),
  critical: ['subscription_id', 'interval_days', 'value'],
  idempotencyKey: {
    of: (data) => idKey(data.subscription_id),
    why: 'A subscription is created once.',
  },
})
