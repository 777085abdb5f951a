// The tracking plan of the load: an event of its own, two of the shipped plan of which one supersedes the other, and attributes that carry the event's id,
// since Customer.io is told none for an identify.

import { defineEvent, defineTrackingPlan, retentionPlan } from '@retention-relay/producer'
import * as z from 'zod'

/** The mock refuses a `page_seen` with this coupon. */
export const REFUSED_COUPON = 'refused'

const pageSeen = defineEvent({
  name: 'page_seen',
  description: 'A customer looked at a page of the shop.',
  version: 1,
  schema: z.strictObject({ page: z.string(), coupon: z.string().optional() }),
})

const { checkout_started, added_to_cart, order_placed } = retentionPlan.events

/** What the load may send. */
export const shopPlan = defineTrackingPlan({
  // Whatever an order supersedes has to be in its plan.
  events: [pageSeen, checkout_started, added_to_cart, order_placed],
  attributes: z.strictObject({ relay_event: z.string() }),
})
