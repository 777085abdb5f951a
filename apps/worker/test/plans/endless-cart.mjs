// A cart that is of use for ever, though an order makes it senseless: nobody knows how long the order must be remembered.

import { defineEvent, defineTrackingPlan, retentionPlan } from '@retention-relay/events'

const { staleAfterMs: _none, ...cartUpdated } = retentionPlan.events.cart_updated

export default defineTrackingPlan({
  extends: retentionPlan,
  events: [defineEvent(cartUpdated)],
})
