// What is known of requests without an outcome outlives requeues and workers.

import type { Mutant } from '../mutant.ts'

const SEND_HISTORIES = 'packages/delivery/src/send-histories.ts'
const CONSUMER = 'packages/delivery/src/consumer.ts'
const SEND_BATCH = 'packages/delivery/src/send-batch.ts'

const CONSUMER_FAULTS_TEST = 'packages/delivery/test/consumer-faults.test.ts'
const SEND_BATCH_TEST = 'packages/delivery/test/send-batch.test.ts'

export const historyMutants: readonly Mutant[] = [
  {
    name: 'histories-not-kept',
    breaks:
      'After a requeue nothing is known of what was sent before: a dead letter does not say that it may be delivered.',
    file: SEND_HISTORIES,
    find: 'this.#byMember.get(member)?.history ??',
    replace: 'this.#byMember.get(`no ${member}`)?.history ??',
    test: {
      file: CONSUMER_FAULTS_TEST,
      name: 'what requests have shown of an event outlives a requeue',
    },
  },
  {
    name: 'flight-not-told-at-the-stop',
    breaks: 'A worker that stops does not say which of its events may have been delivered.',
    file: CONSUMER,
    find: "return this.#session === undefined ? 'active' : this.#histories.uncertainJobs",
    replace:
      "return this.#session === undefined ? 'active' : this.#histories.uncertainJobs.slice(0, 0)",
    test: {
      file: CONSUMER_FAULTS_TEST,
      name: 'a consumer that stops leaves word of what may have been delivered',
    },
  },
  {
    name: 'unknown-outcome-not-noted',
    breaks: 'An event of a request that timed out dies later as if it had never been delivered.',
    file: SEND_BATCH,
    find: 'if (unknownOutcome) pending.history.maybeDelivered = true',
    replace: 'if (!unknownOutcome) pending.history.maybeDelivered = false',
    test: {
      file: SEND_BATCH_TEST,
      name: 'after an unknown outcome the events may be delivered, and a later death says so',
    },
  },
]
