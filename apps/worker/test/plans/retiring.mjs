// The plan of a shop that had `rating_given` once, and has dropped it.

import { defineTrackingPlan, retentionPlan } from '@retention-relay/events'

export default defineTrackingPlan({
  extends: retentionPlan,
  events: [],
  retired: ['rating_given'],
})
