// The plan of a worker that knows what is new: a field of `quiz_done` has another name, and there is a way from the old one;
// `order_canceled` needs a reason in words, and there is none; `rating_given` is new, and so is an attribute.

import {
  defineAttributes,
  defineEvent,
  defineTrackingPlan,
  retentionPlan,
} from '@retention-relay/events'
import * as z from 'zod'

const quizDone = defineEvent({
  name: 'quiz_done',
  description: 'The customer has answered all questions.',
  version: 2,
  schema: z.strictObject({ points: z.int() }),
  upcasters: { 1: ({ score, ...rest }) => ({ ...rest, points: score }) },
})

const orderCanceled = defineEvent({
  name: 'order_canceled',
  description: 'An order was canceled.',
  version: 2,
  schema: z.strictObject({ order_id: z.string(), reason: z.string(), words: z.string() }),
})

const ratingGiven = defineEvent({
  name: 'rating_given',
  description: 'The customer has rated a product.',
  version: 1,
  schema: z.strictObject({ stars: z.int() }),
})

export const trackingPlan = defineTrackingPlan({
  extends: retentionPlan,
  events: [quizDone, orderCanceled, ratingGiven],
  attributes: defineAttributes({
    ...retentionPlan.attributes,
    version: 2,
    schema: retentionPlan.attributes.schema.extend({ shoe_size: z.int() }).partial(),
  }),
})
