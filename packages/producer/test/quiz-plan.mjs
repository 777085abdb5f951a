// A shop's own plan, named by its path.

import { defineEvent, defineTrackingPlan, retentionPlan } from '@retention-relay/events'
import * as z from 'zod'

const quizTaken = defineEvent({
  name: 'quiz_taken',
  description: 'The customer has taken the quiz.',
  version: 1,
  schema: z.strictObject({ score: z.int() }),
})

export default defineTrackingPlan({ extends: retentionPlan, events: [quizTaken] })
