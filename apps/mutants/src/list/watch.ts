// The watches: what events look like, and who they are about.

import type { Mutant } from '../mutant.ts'

const DRAIN_SESSION = 'packages/delivery/src/drain-session.ts'
const EVENT_PROFILE = 'packages/events/src/drift/event-profile.ts'
const EVENT_SAMPLER = 'packages/events/src/drift/event-sampler.ts'
const VANISHED_FIELDS = 'packages/events/src/drift/vanished-fields.ts'
const DRIFT_FINDING = 'packages/events/src/drift/drift-finding.ts'
const COMPARISON = 'packages/events/src/drift/comparison.ts'
const SHAPE_COUNTS = 'packages/events/src/identity/shape-counts.ts'
const DRIFT_SCRIPTS = 'packages/queue/src/drift/drift-scripts.ts'
const CUSTOMERS_SCRIPT = 'packages/queue/src/drift/customers-script.ts'
const EVENT_WATCH = 'apps/worker/src/event-watch.ts'

const CONSUMER_TEST = 'packages/delivery/test/consumer.test.ts'
const EVENT_PROFILE_TEST = 'packages/events/test/drift/event-profile.test.ts'
const EVENT_SAMPLER_TEST = 'packages/events/test/drift/event-sampler.test.ts'
const FIND_DRIFT_TEST = 'packages/events/test/drift/find-drift.test.ts'
const ID_SHAPE_TEST = 'packages/events/test/identity/id-shape.test.ts'
const DRIFT_REDIS_TEST = 'packages/queue/test/drift.redis.test.ts'
const EVENT_WATCH_REDIS_TEST = 'apps/worker/test/event-watch.redis.test.ts'

export const watchMutants: readonly Mutant[] = [
  {
    name: 'watch-not-told',
    breaks: 'Nothing is seen of events, whatever becomes of them.',
    file: DRAIN_SESSION,
    find: 'observer.decoded?.(decoded.events, decoded.producer, decoded.claims)',
    replace: 'observer.decoded?.([], decoded.producer, decoded.claims)',
    test: { file: CONSUMER_TEST, name: 'whoever watches sees every event before it is sent' },
  },
  {
    name: 'fields-without-bound',
    breaks: 'Field names from outside fill the memory of a worker.',
    file: EVENT_PROFILE,
    find: 'this.#fields.length >= DRIFT_LIMITS.fields || ',
    replace: '',
    test: { file: EVENT_PROFILE_TEST, name: 'of ten thousand field names the bound is kept' },
  },
  {
    name: 'merge-forgets-empty',
    breaks: 'What a worker could not store at once counts as never empty.',
    file: EVENT_PROFILE,
    find: 'field.empty += other.empty',
    replace: 'field.empty += 0',
    test: { file: EVENT_PROFILE_TEST, name: 'the profiles of two workers add up' },
  },
  {
    name: 'every-event-looked-at',
    breaks: 'A busy event costs a worker at full speed more than it may.',
    file: EVENT_SAMPLER,
    find: 'if (sample.inSecond >= SAMPLED_PER_SECOND) return',
    replace: '',
    test: { file: EVENT_SAMPLER_TEST, name: 'a busy event costs no more than its share' },
  },
  {
    name: 'rare-fields-vanish',
    breaks: 'A field that is rare is told to have vanished after ten events without it.',
    file: VANISHED_FIELDS,
    find: '** missing <= CHANCE',
    replace: '** missing <= CHANCE * 1e6',
    test: { file: FIND_DRIFT_TEST, name: 'what stays as it is gives no finding' },
  },
  {
    name: 'older-versions-not-compared',
    breaks: 'What a new version of a service has lost is not seen.',
    file: COMPARISON,
    find: 'one.firstAt - other.firstAt)',
    replace: 'other.firstAt - one.firstAt)',
    test: { file: FIND_DRIFT_TEST, name: 'a new version of a service is compared' },
  },
  {
    name: 'critical-as-others',
    breaks: 'A field that journeys branch on is told as any other.',
    file: DRIFT_FINDING,
    find: 'return field === path ||',
    replace: "return path === '' ||",
    test: { file: FIND_DRIFT_TEST, name: 'a renamed field is one that vanished' },
  },
  {
    name: 'second-shape-by-count',
    breaks: 'Once the second kind of customer id is the more frequent one, nobody is told.',
    file: SHAPE_COUNTS,
    find: '(one, other) => one.firstAt - other.firstAt || ',
    replace: '(one, other) => ',
    test: { file: ID_SHAPE_TEST, name: 'a second shape is one that came later' },
  },
  {
    name: 'stored-fields-without-bound',
    breaks: 'Field names of many workers fill the memory of Redis.',
    file: DRIFT_SCRIPTS,
    find: 'if not isKept and fields < ${DRIFT_LIMITS.fields} then',
    replace: 'if not isKept then',
    test: { file: DRIFT_REDIS_TEST, name: 'fields and profiles beyond the bounds' },
  },
  {
    name: 'counts-never-fade',
    breaks: 'What was normal a year ago hides what is normal now.',
    file: DRIFT_SCRIPTS,
    find: 'if now - halvedAt >= ${HALF_LIFE_MS} then',
    replace: 'if now < halvedAt - ${HALF_LIFE_MS} then',
    test: { file: DRIFT_REDIS_TEST, name: 'after a week counts are halved' },
  },
  {
    name: 'windows-never-end',
    breaks: 'A share of empty values that jumps drowns in all the values before.',
    file: DRIFT_SCRIPTS,
    find: "redis.call('DEL', KEYS[3 + window])",
    replace: '',
    test: { file: DRIFT_REDIS_TEST, name: 'the newest events are the last two windows' },
  },
  {
    name: 'watch-never-expires',
    breaks: 'What nobody sends any more stays in Redis for good.',
    file: DRIFT_SCRIPTS,
    find: "for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, ${DRIFT_TTL_MS}) end",
    replace: '',
    test: { file: DRIFT_REDIS_TEST, name: 'every key expires' },
  },
  {
    name: 'seen-while-away-lost',
    breaks: 'What events looked like while Redis was away is not known.',
    file: EVENT_WATCH,
    find: 'this.#sampler.putBack(unstored)',
    replace: 'this.#sampler.putBack([])',
    test: {
      file: EVENT_WATCH_REDIS_TEST,
      name: 'a Redis that is away delays what was seen',
    },
  },
  {
    name: 'customers-always-new',
    breaks: 'Every customer counts as unknown again and again.',
    file: CUSTOMERS_SCRIPT,
    find: "redis.call('SISMEMBER', key, member) == 0 and ",
    replace: '',
    test: { file: DRIFT_REDIS_TEST, name: 'a customer is new once' },
  },
]
