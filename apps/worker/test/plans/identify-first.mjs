// A shop that mails nobody whom it does not know: a subscription needs an identified customer, and a viewed product should
// have one. What an order says is not looked at.

import { defineTrackingPlan, retentionPlan } from '@retention-relay/events'

const {
  order_placed: placed,
  product_viewed: viewed,
  subscription_created: created,
} = retentionPlan.events

export default defineTrackingPlan({
  extends: retentionPlan,
  events: [
    { ...viewed, identifyFirst: 'warn' },
    { ...created, identifyFirst: 'strict' },
    { ...placed, checks: 'off' },
  ],
})
