// Batches: order per customer, one request at a time, nobody starved.

import type { Mutant } from '../mutant.ts'

const DRAIN_SESSION = 'packages/delivery/src/drain-session.ts'
const BATCH = 'packages/delivery/src/batch.ts'
const CUSTOMER_LANES = 'packages/delivery/src/customer-lanes.ts'
const SEND_BATCH = 'packages/delivery/src/send-batch.ts'
const ISOLATE_EVENT = 'packages/delivery/src/isolate-event.ts'

const CONSUMER_TEST = 'packages/delivery/test/consumer.test.ts'
const BATCH_TEST = 'packages/delivery/test/batch.test.ts'
const CUSTOMER_LANES_TEST = 'packages/delivery/test/customer-lanes.test.ts'
const SEND_BATCH_REFUSALS_TEST = 'packages/delivery/test/send-batch-refusals.test.ts'
const EVIDENCE_TEST = 'packages/delivery/test/evidence.test.ts'

export const orderMutants: readonly Mutant[] = [
  {
    name: 'next-operation-before-the-settle',
    breaks:
      "A customer's next operation leaves before the settle of the one before is acknowledged.",
    file: DRAIN_SESSION,
    find: 'this.#track(this.#acknowledged(reply, chunk))',
    replace: `this.#track(this.#acknowledged(reply, []))
      this.#release(chunk)`,
    test: {
      file: CONSUMER_TEST,
      name: "a customer's next operation leaves after the settle of the one before is acknowledged; others go ahead",
    },
  },
  {
    name: 'same-customer-twice-in-a-batch',
    breaks: 'Customer.io may process two events of one customer in any order.',
    file: BATCH,
    find: 'events.length <= BACKLOG ||',
    replace: 'events.length <= BACKLOG - 31 ||',
    test: {
      file: BATCH_TEST,
      name: 'each customer has one event in it, and its next one only after the settle of the last',
    },
  },
  {
    name: 'run-across-an-identify',
    breaks: 'A run of tracks goes past an identify of the same customer.',
    file: BATCH,
    find: 'end === -1 ? events.length : end',
    replace: 'end === 0 ? 1 : events.length',
    test: { file: BATCH_TEST, name: 'a run never crosses an identify' },
  },
  {
    name: 'same-id-twice-on-its-way',
    breaks: 'A copy of an event leaves before the dedupe store can stop it.',
    file: BATCH,
    find: 'if (onTheirWay.has(pending.member) || members.has(pending.member)) return false',
    replace: 'if (onTheirWay.size < 0 || members.has(pending.member)) return false',
    test: {
      file: BATCH_TEST,
      name: 'the same id under two customers: the second waits for the settle of the first',
    },
  },
  {
    name: 'profile-operation-among-others',
    breaks: 'A delete goes in a large request with a long bound, and may go late.',
    file: BATCH,
    find: 'if (isProfileOperation(first.event.op) || goesAlone(first))',
    replace: 'if (isProfileOperation(first.event.op) && goesAlone(first))',
    test: {
      file: BATCH_TEST,
      name: 'a profile operation goes alone, and is next when others were before it',
    },
  },
  {
    name: 'batch-over-its-bytes',
    breaks: 'A batch is larger than Customer.io takes.',
    file: BATCH,
    find: 'bytes + size > limits.maxBytes',
    replace: 'bytes > limits.maxBytes',
    test: { file: BATCH_TEST, name: 'a batch is as full as its bytes allow, and never fuller' },
  },
  {
    name: 'lane-goes-on-too-early',
    breaks: 'A customer goes on while some of its events are on their way.',
    file: CUSTOMER_LANES,
    find: `    if (lane.onTheirWay > 0) return
`,
    replace: '',
    test: {
      file: CUSTOMER_LANES_TEST,
      name: 'a customer is blocked until the last of its events on their way is released',
    },
  },
  {
    name: 'put-back-behind',
    breaks: "An event that was put aside is overtaken by its customer's later ones.",
    file: CUSTOMER_LANES,
    find: 'lane.events.splice(lane.putBack, 0, event)',
    replace: 'lane.events.push(event)',
    test: {
      file: CUSTOMER_LANES_TEST,
      name: 'events that are put back go again in their order, before those that waited',
    },
  },
  {
    name: 'lane-starves-the-others',
    breaks: 'A customer with a long backlog goes before all others again and again.',
    file: CUSTOMER_LANES,
    find: 'else this.#ready.push(lane)',
    replace: 'else this.#ready.unshift(lane)',
    test: {
      file: CUSTOMER_LANES_TEST,
      name: 'a customer that goes on is behind those that were ready before',
    },
  },
  {
    name: 'halves-do-not-wait',
    breaks: 'The second half of a refused batch leaves before the settles of the first.',
    file: SEND_BATCH,
    find: `    await this.#parts.acknowledged()
`,
    replace: '',
    test: {
      file: SEND_BATCH_REFUSALS_TEST,
      name: 'the second half waits until the settles of the first are acknowledged',
    },
  },
  {
    name: 'event-aside-overtaken',
    breaks: 'What stands behind an event that was put aside, in its own batch, overtakes it.',
    file: SEND_BATCH,
    find: 'const isBehind = this.#aside.has(pending.event.customerId)',
    replace: 'const isBehind = this.#aside.has(pending.member)',
    test: {
      file: SEND_BATCH_REFUSALS_TEST,
      name: 'behind an event that is put aside its customer’s later ones are put aside too, in order',
    },
  },
  {
    name: 'canary-overtakes-its-customer',
    breaks: "The canary takes the end of a customer's run before its beginning.",
    file: ISOLATE_EVENT,
    find: '.filter(({ pending }) => !inFront.has(pending.event.customerId))',
    replace: '.filter(({ pending }) => !inFront.has(pending.member))',
    test: {
      file: EVIDENCE_TEST,
      name: 'no canary overtakes an earlier event of its customer',
    },
  },
]
