// Dead letters, the dedupe store, and settles that were not acknowledged: what is decided is not forgotten.

import type { Mutant } from '../mutant.ts'

const SETTLE_SCRIPT = 'packages/queue/src/consume/settle-script.ts'
const LOOKUP = 'packages/queue/src/dedupe/lookup.ts'
const SETTLEMENTS = 'packages/delivery/src/settlements.ts'
const CONSUMER = 'packages/delivery/src/consumer.ts'

const DEAD_LETTERS_REDIS_TEST = 'packages/queue/test/dead-letters.redis.test.ts'
const DEDUPE_REDIS_TEST = 'packages/queue/test/dedupe.redis.test.ts'
const SETTLEMENTS_TEST = 'packages/delivery/test/settlements.test.ts'
const CONSUMER_FAULTS_TEST = 'packages/delivery/test/consumer-faults.test.ts'
const CONSUMER_STOP_TEST = 'packages/delivery/test/consumer-stop.test.ts'

export const outcomeMutants: readonly Mutant[] = [
  {
    name: 'delivered-event-buried',
    breaks: 'An event that was delivered becomes a dead letter, and a replay doubles it.',
    file: SETTLE_SCRIPT,
    find: 'if wasDelivered[at] then outcome = 100 end',
    replace: '',
    test: {
      file: DEAD_LETTERS_REDIS_TEST,
      name: 'the death of an event that was delivered counts as delivered and makes no letter',
    },
  },
  {
    name: 'dead-letter-not-resolved',
    breaks: 'The dead letter of an event that was delivered after all can be replayed.',
    file: SETTLE_SCRIPT,
    find: 'if resolve(member, how) then',
    replace: "if how == '' and resolve(member, how) then",
    test: {
      file: DEAD_LETTERS_REDIS_TEST,
      name: 'a letter whose event is sent again and ends as delivered is resolved and leaves its group',
    },
  },
  {
    name: 'history-of-deaths-lost',
    breaks: 'A second death of an event overwrites the first.',
    file: SETTLE_SCRIPT,
    find: "redis.call('HSET', key, 'history:' .. death, old[1])",
    replace: '',
    test: {
      file: DEAD_LETTERS_REDIS_TEST,
      name: 'a second death adds to the history of the letter and moves it to its new group',
    },
  },
  {
    name: 'earlier-generations-not-asked',
    breaks: 'An event is delivered again after the turn of a dedupe generation.',
    file: LOOKUP,
    find: 'for number = current + 1, current - 2, -1 do',
    replace: 'for number = current + 1, current, -1 do',
    test: {
      file: DEDUPE_REDIS_TEST,
      name: 'an id delivered at the begin of a generation is known for at least 30 and at most 45 days',
    },
  },
  {
    name: 'buckets-never-expire',
    breaks: 'The dedupe store grows for ever.',
    file: SETTLE_SCRIPT,
    find: "redis.call('EXPIRE', key, ARGV[4])",
    replace: "redis.call('PERSIST', key)",
    test: {
      file: DEDUPE_REDIS_TEST,
      name: 'every bucket expires, with 5 ids in the generation before',
    },
  },
  {
    name: 'unacknowledged-settle-forgotten',
    breaks: 'A settle whose reply was lost is not repeated: what it delivered is delivered again.',
    file: SETTLEMENTS,
    find: 'this.#unacknowledged.set(request, outcomes)',
    replace: 'if (outcomes.length === 0) this.#unacknowledged.set(request, outcomes)',
    test: {
      file: SETTLEMENTS_TEST,
      name: 'settles that failed before they took effect are repeated in their order, and then forgotten',
    },
  },
  {
    name: 'requeue-before-the-settles',
    breaks: 'Jobs go back before the settles of the last session are repeated.',
    file: CONSUMER,
    find: `    if (!(await this.#repeatSettles(signal))) return false
`,
    replace: '',
    test: {
      file: CONSUMER_FAULTS_TEST,
      name: 'a settle that fails before it took effect costs nothing: all arrive once and in order',
    },
  },
  {
    name: 'last-settles-not-repeated',
    breaks: 'What was delivered as the lease ended is delivered again by the next owner.',
    file: CONSUMER,
    find: `    await this.#repeatSettles(this.#given.signal)
`,
    replace: '',
    test: {
      file: CONSUMER_STOP_TEST,
      name: 'a settle that is not acknowledged when the lease ends is repeated until Redis takes it',
    },
  },
]
