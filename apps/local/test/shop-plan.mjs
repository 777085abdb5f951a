// The tracking plan of the shop: the producer process checks against it, and workers load it by its path.

import { defineEvent, defineTrackingPlan, retentionPlan } from '@retention-relay/producer'
import * as z from 'zod'

const numbered = defineEvent({
  name: 'numbered',
  description: 'An event with its place in the order of its customer, which the mock checks.',
  version: 1,
  schema: z.strictObject({ relay_seq: z.int() }),
})

export const trackingPlan = defineTrackingPlan({ extends: retentionPlan, events: [numbered] })
