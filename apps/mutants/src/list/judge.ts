// The tracking plan at the worker: what is wrong is not sent, what is newer is not lost.

import type { Mutant } from '../mutant.ts'

const OPEN_POSITIONS = 'packages/delivery/src/open-positions.ts'
const JUDGE_EVENT = 'packages/events/src/judge-event.ts'
const IDENTIFIED_CUSTOMERS = 'packages/delivery/src/identified-customers.ts'
const IDENTIFIED_SCRIPT = 'packages/queue/src/identified/identified-script.ts'

const INBOX_TEST = 'packages/delivery/test/inbox.test.ts'
const JUDGED_EVENTS_TEST = 'packages/delivery/test/judged-events.test.ts'
const IDENTIFIED_TEST = 'packages/delivery/test/identified-customers.test.ts'
const IDENTIFIED_REDIS_TEST = 'packages/queue/test/identified.redis.test.ts'
const JUDGE_EVENT_TEST = 'packages/events/test/judge-event.test.ts'

export const judgeMutants: readonly Mutant[] = [
  {
    name: 'invalid-event-sent-all-the-same',
    breaks: 'What a service in another language stored wrongly reaches Customer.io.',
    file: OPEN_POSITIONS,
    find: `return died({ ...place, member, reason: 'invalid', fault: judged.fault })`,
    replace: `return { kind: 'pending', pending: pendEvent(content.event, job, position, historyOf) }`,
    test: {
      file: JUDGED_EVENTS_TEST,
      name: 'an invalid event is a dead letter that names the path and no value, and its customer goes on',
    },
  },
  {
    name: 'newer-event-dropped',
    breaks: 'An event of a service that was deployed before the workers is not delivered.',
    file: OPEN_POSITIONS,
    find: `return { kind: 'newer_event', fault: judged.fault }`,
    replace: `return died({ ...place, member, reason: 'invalid', fault: judged.fault })`,
    test: {
      file: JUDGED_EVENTS_TEST,
      name: 'an event of a newer version holds the partition, and a worker with the newer plan delivers all in order',
    },
  },
  {
    name: 'newer-event-overtaken',
    breaks: 'An event of a newer version is skipped, and what is behind it overtakes it.',
    file: OPEN_POSITIONS,
    find: `if (opened.kind === 'newer_event') return opened`,
    replace: `if (opened.kind === 'newer_event') continue`,
    test: {
      file: INBOX_TEST,
      name: 'a job with an event of a newer version stays where it is, whole',
    },
  },
  {
    name: 'kill-opens-a-way-past-the-plan',
    breaks: 'After a kill all that its worker held is sent as it was stored, valid or not.',
    file: OPEN_POSITIONS,
    find: 'const judged = judge(content.event)',
    replace: `const judged = job.maybeDelivered
    ? ({ kind: 'valid', event: content.event } as const)
    : judge(content.event)`,
    test: {
      file: INBOX_TEST,
      name: 'an event that may have been delivered is judged like any other',
    },
  },
  {
    name: 'old-event-in-its-old-form',
    breaks: 'An event of an older version is delivered with fields that no journey knows any more.',
    file: OPEN_POSITIONS,
    find: `return { kind: 'pending', pending: pendEvent(judged.event, job, position, historyOf) }`,
    replace: `return { kind: 'pending', pending: pendEvent(content.event, job, position, historyOf) }`,
    test: {
      file: INBOX_TEST,
      name: 'an event that is brought forward goes in its new form, under its own id',
    },
  },
  {
    name: 'version-that-is-no-number',
    breaks: 'A version of minus a thousand millions keeps the worker busy for minutes.',
    file: JUDGE_EVENT,
    find: 'return Number.isSafeInteger(version) && (version as number) >= 1',
    replace: 'return !Number.isNaN(version)',
    test: {
      file: 'packages/events/test/judge-event.test.ts',
      name: 'whose version is not a whole number from 1 is invalid',
    },
  },
  {
    name: 'limits-not-judged',
    breaks: 'An event that another service has stored too large costs a batch its halving.',
    file: JUDGE_EVENT,
    find: 'if (limit !== null) {',
    replace: 'if (limit !== null && event.op === null) {',
    test: {
      file: 'packages/events/test/judge-event.test.ts',
      name: 'makes an event whose whole is over it invalid, whatever the checks are',
    },
  },
  {
    name: 'future-identify-sent',
    breaks: 'An identify of next month hides all changes of a customer until then.',
    file: JUDGE_EVENT,
    find: `if (time.kind === 'impossible')`,
    replace: `if (time.kind === 'impossible' && event.op === 'track')`,
    test: {
      file: 'packages/events/test/judge-event.test.ts',
      name: 'of an identify that cannot be is invalid',
    },
  },
  {
    name: 'retired-event-held',
    breaks: 'An event that the plan has dropped stops its partition for good.',
    file: JUDGE_EVENT,
    find: 'if (isRetired(plan, name)) {',
    replace: 'if (isRetired(plan, name) && !isVersion(event.version)) {',
    test: {
      file: 'packages/events/test/judge-event.test.ts',
      name: 'is invalid once the plan has retired it, where unknown events are strict',
    },
  },
  {
    name: 'unidentified-customer-mailed',
    breaks: 'An event that demands an identified customer makes a profile without an address.',
    file: IDENTIFIED_CUSTOMERS,
    find: `const dead = faulty('strict')`,
    replace: `const dead = faulty('off')`,
    test: {
      file: IDENTIFIED_TEST,
      name: 'an event of a customer who was never identified is a dead letter that says what to do, the others go',
    },
  },
  {
    name: 'identify-not-remembered',
    breaks:
      'Every event that demands an identified customer dies, though all of them are identified.',
    file: IDENTIFIED_CUSTOMERS,
    find: `identified: idsOf(identified), asked`,
    replace: `identified: [], asked`,
    test: {
      file: IDENTIFIED_TEST,
      name: 'an identify lets through what comes behind it, also when it needs several requests',
    },
  },
  {
    name: 'full-set-refuses',
    breaks:
      'A shop with many customers loses events: those who no longer fit count as unidentified.',
    file: IDENTIFIED_SCRIPT,
    find: `(isFull or redis`,
    replace: `(redis`,
    test: {
      file: IDENTIFIED_REDIS_TEST,
      name: 'a full set takes nobody more, and everybody of it counts as identified',
    },
  },
  {
    name: 'new-attribute-dropped',
    breaks: 'An identify of a service that was deployed before the workers is a dead letter.',
    file: JUDGE_EVENT,
    find: `const definition = { ...plan.attributes, version: attributesVersion(plan) }`,
    replace: `const definition = { ...plan.attributes, version: event.version ?? attributesVersion(plan) }`,
    test: {
      file: JUDGE_EVENT_TEST,
      name: 'of a newer version is held: the service knows an attribute that the worker does not',
    },
  },
]
