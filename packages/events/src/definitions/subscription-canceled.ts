import * as z from 'zod'

import { defineEvent } from '../event-definition.ts'
import { itemsConcerned, shopId, subscriptionId, unixSeconds } from './fields.ts'
import { idKey } from './key-parts.ts'

/** A subscription was canceled. */
export const subscriptionCanceled = defineEvent({
  name: 'subscription_canceled',
  description: 'A subscription was canceled.',
  version: 1,
  schema: z.strictObject({
    subscription_id: subscriptionId,
    cancellation_id: shopId("The shop's id of the cancellation.", 'sc-3').optional(),
    reason: z
      .enum([
        'too_expensive',
        'too_much_product',
        'not_satisfied',
        'found_alternative',
        'payment_failed',
        'moved',
        'other',
      ])
      .optional()
      .meta({ description: 'Why.', examples: ['too_much_product'] }),
    items: itemsConcerned('What was subscribed to.'),
    ends_at: unixSeconds
      .meta({
        description: 'Until when it runs.',
        unit: 'unix seconds',
        examples: [1_798_200_000],
      })
      .optional(),
  }),
  critical: ['subscription_id', 'reason'],
  idempotencyKey: {
    of: (data) => idKey(data.cancellation_id),
    why: 'A subscription may be canceled, resumed and canceled again, so only the cancellation has a key.',
  },
})
