import * as z from 'zod'

import { defineEvent } from '../event-definition.ts'
import {
  count,
  currency,
  itemsConcerned,
  money,
  shopId,
  subscriptionId,
  unixSeconds,
} from './fields.ts'
import { idKey } from './key-parts.ts'

/** A charge of a subscription failed. */
export const subscriptionPaymentFailed = defineEvent({
  name: 'subscription_payment_failed',
  description: 'A charge of a subscription failed.',
  version: 1,
  schema: z.strictObject({
    subscription_id: subscriptionId,
    payment_id: shopId("The payment provider's id of the failed charge.", 'pay-77').optional(),
    reason: z
      .enum(['card_expired', 'insufficient_funds', 'declined', 'authentication_required', 'other'])
      .meta({ description: 'Why.', examples: ['card_expired'] }),
    attempt: count('Which attempt of this charge.', 'attempts', 1).optional(),
    next_attempt_at: unixSeconds
      .meta({
        description: 'When it is tried again; left out after the last attempt.',
        unit: 'unix seconds',
        examples: [1_795_900_000],
      })
      .optional(),
    items: itemsConcerned('What is charged for.'),
    value: money,
    currency,
  }),
  critical: ['subscription_id', 'reason', 'next_attempt_at'],
  idempotencyKey: {
    of: (data) => idKey(data.payment_id),
    why: 'Each failed charge has an id at the payment provider, whose webhooks come more than once.',
  },
})
