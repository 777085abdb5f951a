// A shop's own plan whose carts may have any fields: nothing of them is refused, by nobody.

import { defineEvent, defineTrackingPlan, retentionPlan } from '@retention-relay/events'
import * as z from 'zod'

export default defineTrackingPlan({
  extends: retentionPlan,
  events: [
    defineEvent({
      name: 'basket_left',
      description: 'A basket was left.',
      version: 1,
      schema: z.looseObject({ cart_id: z.string(), cart_value: z.number().optional() }),
      critical: ['cart_value'],
    }),
  ],
})
