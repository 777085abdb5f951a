import * as z from 'zod'

import { defineEvent } from '../tracking-plan.ts'
import { shopId } from './fields.ts'

/** A subscription was canceled. */
export const subscriptionCanceled = defineEvent({
  name: 'subscription_canceled',
  description: 'A subscription was canceled.',
  version: 1,
  schema: z.strictObject({
    subscription_id: shopId,
    cancellation_id: shopId.optional(),
    reason: z.string().min(1).optional(),
  }),
  idempotencyKey: {
    of: (data) => data.cancellation_id,
    why: 'A subscription may be canceled, resumed and canceled again, so only the cancellation has a key.',
  },
})
