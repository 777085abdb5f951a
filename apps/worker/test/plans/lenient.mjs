// The plan of a shop that lets through whatever it does not know.

import { defineTrackingPlan, retentionPlan } from '@retention-relay/events'

export default defineTrackingPlan({
  extends: retentionPlan,
  events: [],
  unknownEvents: 'off',
})
