// A tracking plan that lets everything pass, for workers under test whose events are about something else than what is
// in them. What the shipped plan says about time and cause holds.

import {
  defineAttributes,
  defineEvent,
  defineTrackingPlan,
  eventDefinitions,
  retentionPlan,
} from '@retention-relay/events'
import type { TrackingPlan } from '@retention-relay/events'

/** Loaded by its path. */
export const trackingPlan: TrackingPlan = defineTrackingPlan({
  extends: retentionPlan,
  events: eventDefinitions(retentionPlan).map((event) => defineEvent({ ...event, checks: 'off' })),
  attributes: defineAttributes({ ...retentionPlan.attributes, checks: 'off' }),
  unknownEvents: 'off',
})
