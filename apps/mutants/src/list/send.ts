// Sending: settled is what was answered, no byte leaves after the lease, the rate holds.

import type { Mutant } from '../mutant.ts'

const SEND_BATCH = 'packages/delivery/src/send-batch.ts'
const GUARDED_BODY = 'packages/customerio/src/guarded-body.ts'
const EXCHANGE = 'packages/customerio/src/exchange.ts'
const CLEAR_BATCH = 'packages/delivery/src/clear-batch.ts'

const SEND_BATCH_TEST = 'packages/delivery/test/send-batch.test.ts'
const GUARDED_BODY_TEST = 'packages/customerio/test/guarded-body.test.ts'
const TRACK_DESTINATION_LEASE_TEST = 'packages/customerio/test/track-destination-lease.test.ts'
const ANSWERS_TEST = 'packages/delivery/test/answers.test.ts'
const CLEAR_BATCH_TEST = 'packages/delivery/test/clear-batch.test.ts'
const ISOLATE_EVENT_TEST = 'packages/delivery/test/isolate-event.test.ts'

export const sendMutants: readonly Mutant[] = [
  {
    name: 'settle-before-the-answer',
    breaks: 'What was never delivered counts as delivered.',
    file: SEND_BATCH,
    find: 'const answer = await this.#request(cleared, attempt)',
    replace: `const answer: Answer = { response: { kind: 'delivered' }, status: 200, durationMs: 1 }
    void this.#request(cleared, attempt)`,
    test: {
      file: SEND_BATCH_TEST,
      name: 'of a partly refused batch only the named events are dead, with what was said about them',
    },
  },
  {
    name: 'lease-not-checked-in-the-request-body',
    breaks: 'A blocked event loop hands the rest of a request over after the lease has ended.',
    file: GUARDED_BODY,
    find: 'if (!this.#guard()) {',
    replace: 'if (this.#handedOver === 0 && !this.#guard()) {',
    test: {
      file: GUARDED_BODY_TEST,
      name: 'GuardedBody asks and hands over in one synchronous stretch, chunk by chunk',
    },
  },
  {
    name: 'lease-not-checked-before-the-request',
    breaks: 'A request begins after the lease has ended.',
    file: EXCHANGE,
    find: `  if (!request.guard()) return Promise.resolve({ kind: 'lease_over', bodyLeft: false })
`,
    replace: '',
    test: {
      file: TRACK_DESTINATION_LEASE_TEST,
      name: 'a lease that is over before the request makes no connection',
    },
  },
  {
    name: 'body-without-a-guard',
    breaks: 'Requests are not bound to the lease at all.',
    file: SEND_BATCH,
    find: 'guard: () => lease.isValid(),',
    replace: 'guard: () => lease.partition >= 0,',
    test: { file: SEND_BATCH_TEST, name: 'the request is guarded by the lease to its last byte' },
  },
  {
    name: 'profile-operation-late',
    breaks: 'A delete begins with so little of the lease left that it may end after it.',
    file: CLEAR_BATCH,
    find: '(isProfileBatch(batch) ? PROFILE_LEASE_MS : 1)',
    replace: '(isProfileBatch(batch) ? 1 : 1)',
    test: {
      file: SEND_BATCH_TEST,
      name: 'a profile operation waits until enough of the lease is left, and has less time',
    },
  },
  {
    name: 'profile-operation-with-a-long-bound',
    breaks: 'A delete has ten seconds, and may be applied when its lease is over.',
    file: SEND_BATCH,
    find: 'isProfileBatch(batch) ? PROFILE_TIMEOUT_MS : REQUEST_TIMEOUT_MS',
    replace: 'isProfileBatch(batch) ? 4 * PROFILE_TIMEOUT_MS : REQUEST_TIMEOUT_MS',
    test: {
      file: SEND_BATCH_TEST,
      name: 'a profile operation waits until enough of the lease is left, and has less time',
    },
  },
  {
    name: 'duplicates-sent',
    breaks: 'What the dedupe store has is settled as a duplicate, and sent all the same.',
    file: CLEAR_BATCH,
    find: 'return batch.filter((_, index) => !known[index])',
    replace: 'return batch',
    test: { file: SEND_BATCH_TEST, name: 'what the dedupe store has is a duplicate and not sent' },
  },
  {
    name: 'dedupe-read-before-the-wait',
    breaks: 'What a former owner settles while a batch waits is sent again.',
    file: CLEAR_BATCH,
    find: `    const waited = await awaitPermit(open, parts)
    if (waited === null) return null
    const { permit, ratedAt } = waited
    open = await dropDecided(open, parts)
`,
    replace: `    open = await dropDecided(open, parts)
    const waited = await awaitPermit(open, parts)
    if (waited === null) return null
    const { permit, ratedAt } = waited
`,
    test: {
      file: ANSWERS_TEST,
      name: 'what a former owner settled while the credentials were refused is not sent again',
    },
  },
  {
    name: 'permit-kept-by-duplicates',
    breaks:
      'A probe of the circuit breaker that turned out to be a duplicate holds everybody for ever.',
    file: CLEAR_BATCH,
    find: `    gate.leave(permit, 'unknown')
    if (open.length === 0) return null
`,
    replace: `    if (open.length === 0) return null
    gate.leave(permit, 'unknown')
`,
    test: { file: CLEAR_BATCH_TEST, name: 'a batch of duplicates' },
  },
  {
    name: 'permit-kept-by-an-ended-session',
    breaks:
      'A session that ends in the line of the rate leaves the circuit breaker probing for ever.',
    file: CLEAR_BATCH,
    find: `  gate.leave(permit, 'unknown')
  return null
`,
    replace: `  if (ended.aborted) return null
  gate.leave(permit, 'unknown')
  return null
`,
    test: {
      file: CLEAR_BATCH_TEST,
      name: 'a batch whose session ends while it waits for the rate',
    },
  },
  {
    name: 'old-leave-of-the-rate-used',
    breaks: 'After a Redis that hung all partitions send at once, over the rate.',
    file: CLEAR_BATCH,
    find: 'clock.monotonic() - ratedAt <= validMs',
    replace: 'clock.monotonic() >= ratedAt',
    test: { file: CLEAR_BATCH_TEST, name: 'after a Redis that hung' },
  },
  {
    name: 'settled-part-of-a-batch-settled-again',
    breaks: 'What is superseded while a part of its batch is tried dies twice in the metrics.',
    file: SEND_BATCH,
    find: 'open.includes(item) || !canary',
    replace: 'item !== undefined || !canary',
    test: {
      file: ISOLATE_EVENT_TEST,
      name: 'what is superseded while a part of its batch is tried',
    },
  },
  {
    name: 'token-kept-by-duplicates',
    breaks: 'Batches that were not sent use the rate up.',
    file: CLEAR_BATCH,
    find: 'if (isInTime) rate.giveBack()',
    replace: 'if (isInTime && open.length > 0) rate.giveBack()',
    test: { file: CLEAR_BATCH_TEST, name: 'a batch of duplicates' },
  },
]
