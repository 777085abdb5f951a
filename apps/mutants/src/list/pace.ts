// Pace and redirects: the rate that was agreed, the wait that was asked for, the host that may have the credentials.

import type { Mutant } from '../mutant.ts'

const RATE_SHARE = 'packages/delivery/src/rate-share.ts'
const ACT_ON_ANSWER = 'packages/delivery/src/act-on-answer.ts'
const RETRY_AFTER = 'packages/customerio/src/retry-after.ts'
const REDIRECT = 'packages/customerio/src/redirect.ts'

const RATE_SHARE_TEST = 'packages/delivery/test/rate-share.test.ts'
const SEND_BATCH_TEST = 'packages/delivery/test/send-batch.test.ts'
const RETRY_AFTER_TEST = 'packages/customerio/test/retry-after.test.ts'
const REDIRECT_TEST = 'packages/customerio/test/redirect.test.ts'
const TRACK_DESTINATION_REDIRECT_TEST =
  'packages/customerio/test/track-destination-redirect.test.ts'

export const paceMutants: readonly Mutant[] = [
  {
    name: 'rate-not-shared',
    breaks: 'Each worker sends at the rate of the whole workspace.',
    file: RATE_SHARE,
    find: 'this.#limit * USED_PART * this.#share * this.#factor',
    replace: 'this.#limit * USED_PART * Math.ceil(this.#share) * this.#factor',
    test: {
      file: RATE_SHARE_TEST,
      name: 'the rates of all workers add up to nine tenths of the limit',
    },
  },
  {
    name: '429-does-not-slow-down',
    breaks: 'The rate stays what it is however often the destination says that it is too high.',
    file: ACT_ON_ANSWER,
    find: "if (cause === 'rate_limited') rate.shrink()",
    replace: "if (cause === 'rate_limited') rate.recover()",
    test: {
      file: SEND_BATCH_TEST,
      name: 'a 429 shrinks the rate and is obeyed in its Retry-After',
    },
  },
  {
    name: 'retry-after-ignored',
    breaks: 'The wait that the destination asks for is not kept.',
    file: ACT_ON_ANSWER,
    find: 'leastWaitMs: retryAfterMs }',
    replace: 'leastWaitMs: Math.min(0, retryAfterMs) }',
    test: {
      file: SEND_BATCH_TEST,
      name: 'a 429 shrinks the rate and is obeyed in its Retry-After',
    },
  },
  {
    name: 'retry-after-unbounded',
    breaks: 'A mistyped header stops deliveries for a day.',
    file: RETRY_AFTER,
    find: 'Math.min(Math.max(Math.round(waitMs), 0), RETRY_AFTER_MAX_MS)',
    replace: 'Math.max(Math.round(waitMs), 0)',
    test: { file: RETRY_AFTER_TEST, name: 'retryAfterMs reads seconds, between 0 and 300: 301' },
  },
  {
    name: 'retry-after-by-the-own-clock',
    breaks: 'A wrong clock of this machine makes a date in Retry-After mean anything.',
    file: RETRY_AFTER,
    find: "const now = httpDateMs(headerOf(headers, 'date')?.trim())",
    replace: "const now = headers['date'] === null ? undefined : Date.now()",
    test: {
      file: RETRY_AFTER_TEST,
      name: 'retryAfterMs reads a date against the Date of the response: Mon, 23 Nov 2026 10:00:30 GMT',
    },
  },
  {
    name: 'credentials-sent-elsewhere',
    breaks: 'A redirect to a host that only looks like Customer.io gets the credentials.',
    file: REDIRECT,
    find: "url.hostname.endsWith('.customer.io')",
    replace: "url.hostname.endsWith('customer.io')",
    test: {
      file: REDIRECT_TEST,
      name: 'redirectTarget never leads to "https://evilcustomer.io/api/v2/batch"',
    },
  },
  {
    name: 'redirect-that-loses-the-batch',
    breaks: 'A 303, which turns the POST into a GET, is followed.',
    file: REDIRECT,
    find: 'new Set([301, 302, 307, 308])',
    replace: 'new Set([301, 302, 303, 307, 308])',
    test: {
      file: TRACK_DESTINATION_REDIRECT_TEST,
      name: 'a redirect that turns the POST into a GET, or leads nowhere, is a wrong address',
    },
  },
]
