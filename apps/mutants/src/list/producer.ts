// What a call becomes: the id, the time and the partition of its event.

import type { Mutant } from '../mutant.ts'

const EVENT_ID = 'packages/producer/src/event-id.ts'
const ULID = 'packages/events/src/ulid.ts'
const OCCURRED_AT = 'packages/producer/src/occurred-at.ts'
const CREATE_PRODUCER = 'packages/producer/src/create-producer.ts'

const PREPARE_EVENT_TEST = 'packages/producer/test/prepare-event.test.ts'
const ULID_TEST = 'packages/events/test/ulid.test.ts'
const OCCURRED_AT_TEST = 'packages/producer/test/occurred-at.test.ts'
const PRODUCER_REDIS_TEST = 'packages/producer/test/producer.redis.test.ts'

export const producerMutants: readonly Mutant[] = [
  {
    name: 'key-of-the-definition-ignored',
    breaks: 'The same order, told twice, is two events.',
    file: EVENT_ID,
    find: 'const key = idempotencyKey ?? source.definedKey',
    replace: "const key = idempotencyKey ?? (source.id === '' ? source.definedKey : undefined)",
    test: {
      file: PREPARE_EVENT_TEST,
      name: 'the id of an event is derived from the order, whoever tells of it and when',
    },
  },
  {
    name: 'key-without-namespace',
    breaks: 'Staging and production derive the same id for two orders.',
    file: ULID,
    find: '`${namespace}\\0${eventName}',
    replace: '`${namespace.slice(0, 0)}\\0${eventName}',
    test: { file: ULID_TEST, name: 'differs when the namespace alone differs' },
  },
  {
    name: 'future-time-kept',
    breaks: 'An identify with a time ahead of the clock masks all later ones.',
    file: OCCURRED_AT,
    find: 'Math.floor(clamped ? nowMs : timeMs)',
    replace: 'Math.floor(timeMs)',
    test: {
      file: OCCURRED_AT_TEST,
      name: 'the time of an event that is up to 5 minutes ahead is now, and is counted',
    },
  },
  {
    name: 'partition-by-event',
    breaks: 'Events of one customer lie in several partitions, and overtake each other.',
    file: CREATE_PRODUCER,
    find: 'partitionOf(customerId, namespace.partitions)',
    replace: 'partitionOf(id || customerId, namespace.partitions)',
    test: { file: PRODUCER_REDIS_TEST, name: 'of one customer keep the order of the calls' },
  },
]
