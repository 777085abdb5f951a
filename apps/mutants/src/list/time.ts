// Time and cause: what an order makes senseless is not sent, and what is still of use is.

import type { Mutant } from '../mutant.ts'

const COMMIT_TARGET = 'packages/queue/src/commit/commit-target.ts'
const LANE = 'packages/queue/src/commit/lane.ts'
const DROP_SENSELESS = 'packages/delivery/src/drop-senseless.ts'
const CLEAR_BATCH = 'packages/delivery/src/clear-batch.ts'
const TIME_RULES = 'packages/events/src/time-rules.ts'
const TOMBSTONE_SCRIPTS = 'packages/queue/src/tombstones/tombstone-scripts.ts'

const COMMIT_REDIS_TEST = 'packages/queue/test/commit.redis.test.ts'
const DROP_SENSELESS_TEST = 'packages/delivery/test/drop-senseless.test.ts'
const SEND_BATCH_TEST = 'packages/delivery/test/send-batch.test.ts'
const TIME_RULES_TEST = 'packages/events/test/time-rules.test.ts'
const TOMBSTONES_REDIS_TEST = 'packages/queue/test/tombstones.redis.test.ts'

export const timeMutants: readonly Mutant[] = [
  {
    name: 'tombstones-after-the-order',
    breaks: 'An order is stored whose tombstones Redis refuses: its checkout is still sent.',
    file: COMMIT_TARGET,
    find: `    try {
      await this.#bury(job)
    } catch (error) {
      return failedBefore(error)
    }
    try {
      await this.#queue.add(job)
    } catch (error) {
      return failedAdd(error)
    }
`,
    replace: `    try {
      await this.#queue.add(job)
    } catch (error) {
      return failedAdd(error)
    }
    try {
      await this.#bury(job)
    } catch (error) {
      return failedBefore(error)
    }
`,
    test: {
      file: COMMIT_REDIS_TEST,
      name: 'of an order whose tombstones are refused is refused, and not stored',
    },
  },
  {
    name: 'tombstones-forgotten',
    breaks: 'Orders leave no tombstones.',
    file: LANE,
    find: 'callers.flatMap(({ event }) => event.tombstones ?? [])',
    replace: '[]',
    test: { file: COMMIT_REDIS_TEST, name: 'comes after the tombstones of its events' },
  },
  {
    name: 'superseded-event-sent',
    breaks: 'Somebody who has paid gets a mail about the basket left behind.',
    file: DROP_SENSELESS,
    find: 'if (order !== undefined) {',
    replace: 'if (order !== undefined && order < 0) {',
    test: {
      file: DROP_SENSELESS_TEST,
      name: 'a checkout whose order is placed while the destination is out is not sent',
    },
  },
  {
    name: 'later-checkout-superseded',
    breaks: 'A checkout that was begun after the order is dropped.',
    file: TIME_RULES,
    find: 'return closedAt > event.occurredAt ||',
    replace: 'return closedAt > 0 ||',
    test: { file: DROP_SENSELESS_TEST, name: 'a checkout that was begun after the order is sent' },
  },
  {
    name: 'checkout-sent-again-after-order',
    breaks:
      'A checkout that was tried during an outage goes out after the order, because it may have been delivered.',
    file: DROP_SENSELESS,
    find: `    const order = superseded.get(item)
`,
    replace: `    if (pending.history.maybeDelivered) return []
    const order = superseded.get(item)
`,
    test: {
      file: DROP_SENSELESS_TEST,
      name: 'a checkout that may have been delivered is not sent again after its order, and its dead letter says so',
    },
  },
  {
    name: 'stale-event-sent',
    breaks: 'After an outage at night thousands of mails say at noon what was left behind.',
    file: DROP_SENSELESS,
    find: 'time.isExpired(pending.event, now)',
    replace: 'time.isExpired(pending.event, -now)',
    test: {
      file: DROP_SENSELESS_TEST,
      name: 'an event that is too old when its turn comes is a dead letter, one that is not is sent',
    },
  },
  {
    name: 'failed-look-up-passed-over',
    breaks: 'What could not be looked up is sent.',
    file: CLEAR_BATCH,
    find: `    parts.fail(cause)
    return []`,
    replace: `    parts.fail(cause)
    return batch`,
    test: {
      file: SEND_BATCH_TEST,
      name: 'when the look-up fails nothing is sent and the session is out of sync',
    },
  },
  {
    name: 'guest-checkout-not-superseded',
    breaks: 'An order under an account does not end the checkout that was begun as a guest.',
    file: TIME_RULES,
    find: 'scope: `checkout:${checkoutId}`',
    replace: 'scope: `checkout:${customerId}:${checkoutId}`',
    test: { file: TIME_RULES_TEST, name: 'the same checkout under another customer id' },
  },
  {
    name: 'own-checkout-of-the-same-second-sent',
    breaks: 'A shop that tells times in seconds reminds of a checkout that its order has closed.',
    file: TIME_RULES,
    find: '(isOwn && closedAt === event.occurredAt)',
    replace: '(isOwn && closedAt === event.occurredAt - 1)',
    test: { file: TIME_RULES_TEST, name: 'at the same time as its order' },
  },
  {
    name: 'tombstones-of-every-namespace',
    breaks: 'An order in staging drops a checkout in production.',
    file: TIME_RULES,
    find: '`${namespace}\\0${superseder}',
    replace: '`${namespace.slice(0, 0)}\\0${superseder}',
    test: { file: TIME_RULES_TEST, name: 'namespaces do not meet' },
  },
  {
    name: 'older-tombstone-stands',
    breaks: 'An order that is told late hides a newer one.',
    file: TOMBSTONE_SCRIPTS,
    find: 'tonumber(time) < tonumber(ARGV[1])',
    replace: 'tonumber(time) ~= tonumber(ARGV[1])',
    test: { file: TOMBSTONES_REDIS_TEST, name: 'the newest tombstone of a scope stands' },
  },
  {
    name: 'order-told-again-closes-anew',
    breaks: 'A webhook that is retried drops what was begun since.',
    file: TOMBSTONE_SCRIPTS,
    find: "' ' .. ARGV[2] .. ' ', 1, true)",
    replace: "' nobody ', 1, true)",
    test: {
      file: TOMBSTONES_REDIS_TEST,
      name: 'the same order told again later does not close what was begun since',
    },
  },
  {
    name: 'tombstones-never-expire',
    breaks: 'The memory of Redis fills with tombstones.',
    file: TOMBSTONE_SCRIPTS,
    find: "ARGV[1] .. ':' .. ARGV[2], 'PX', ARGV[3])",
    replace: "ARGV[1] .. ':' .. ARGV[2])",
    test: { file: TOMBSTONES_REDIS_TEST, name: 'a tombstone expires' },
  },
  {
    name: 'clock-of-redis-forgotten',
    breaks:
      'On a machine that was suspended every live event is dead, since it happens in the future.',
    file: 'apps/worker/src/wall-clocks.ts',
    find: 'return Math.max(...this.#both())',
    replace: 'return Math.min(...this.#both())',
    test: {
      file: 'apps/worker/test/wall-clocks.test.ts',
      name: 'the clock of Redis that says 1100 is the other one',
    },
  },
]
