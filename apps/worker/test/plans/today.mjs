// The plan of a worker that was deployed some time ago.

import { defineEvent, defineTrackingPlan, retentionPlan } from '@retention-relay/events'
import * as z from 'zod'

const quizDone = defineEvent({
  name: 'quiz_done',
  description: 'The customer has answered all questions.',
  version: 1,
  schema: z.strictObject({ score: z.int() }),
})

const surveyDone = defineEvent({
  name: 'survey_done',
  description: 'The customer has answered the survey, whose fields change from month to month.',
  version: 1,
  schema: z.strictObject({ answers: z.int() }),
  checks: 'warn',
})

export default defineTrackingPlan({ extends: retentionPlan, events: [quizDone, surveyDone] })
