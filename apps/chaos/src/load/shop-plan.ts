// The tracking plan of the load: the shipped one, an event of its own, and attributes that carry the event's id, since
// Customer.io is told none for an identify. Producers import it; workers load it by the path of this module.

import {
  defineAttributes,
  defineEvent,
  defineTrackingPlan,
  retentionPlan,
} from '@retention-relay/producer'
import * as z from 'zod'

/** The mock refuses a `page_seen` with this coupon. */
export const REFUSED_COUPON = 'refused'

/** Version of `page_seen`. */
export const PAGE_SEEN_VERSION = 2

const pageSeen = defineEvent({
  name: 'page_seen',
  description: 'A customer looked at a page of the shop.',
  version: PAGE_SEEN_VERSION,
  schema: z.strictObject({ page: z.string(), coupon: z.string().optional() }),
  upcasters: { 1: ({ url, ...others }) => ({ ...others, page: url }) },
})

/** What the load may send. */
export const trackingPlan = defineTrackingPlan({
  extends: retentionPlan,
  events: [pageSeen],
  attributes: defineAttributes({
    description: 'The id of the event that carries it.',
    schema: z.strictObject({ relay_event: z.string() }),
  }),
})
