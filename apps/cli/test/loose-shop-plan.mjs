// A shop's own plan whose carts may be anything: nothing of them is refused, by nobody.

import { defineEvent, defineTrackingPlan, retentionPlan } from '@retention-relay/events'

export default defineTrackingPlan({
  extends: retentionPlan,
  events: [defineEvent({ ...retentionPlan.events.cart_updated, checks: 'off' })],
})
