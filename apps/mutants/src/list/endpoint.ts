// A bad event and an outage: neither is taken for the other, and the signals tell which it is.

import type { Mutant } from '../mutant.ts'

const ISOLATE_EVENT = 'packages/delivery/src/isolate-event.ts'
const SEND_BATCH = 'packages/delivery/src/send-batch.ts'
const CIRCUIT_BREAKER = 'packages/delivery/src/circuit-breaker.ts'

const ISOLATE_EVENT_TEST = 'packages/delivery/test/isolate-event.test.ts'
const EVIDENCE_TEST = 'packages/delivery/test/evidence.test.ts'
const SEND_BATCH_TEST = 'packages/delivery/test/send-batch.test.ts'
const CIRCUIT_BREAKER_TEST = 'packages/delivery/test/circuit-breaker.test.ts'

export const endpointMutants: readonly Mutant[] = [
  {
    name: 'suspect-sent-with-others',
    breaks: 'A poison event makes its neighbours fail again and again.',
    file: ISOLATE_EVENT,
    find: 'return suspect !== undefined && suspect.failures > 0',
    replace: 'return suspect !== undefined && suspect.failures < 0',
    test: {
      file: ISOLATE_EVENT_TEST,
      name: 'several poison events of which there are five stop nobody else',
    },
  },
  {
    name: 'suspect-of-an-outage-sent-alone',
    breaks:
      'After an hour in which everything was refused each event leaves in a request of its own.',
    file: ISOLATE_EVENT,
    find: 'return suspect !== undefined && suspect.failures > 0',
    replace: 'return suspect !== undefined',
    test: {
      file: ISOLATE_EVENT_TEST,
      name: 'after a time in which all was refused in strange words what waits goes in whole batches',
    },
  },
  {
    name: 'limited-rate-taken-for-a-fault',
    breaks: 'An endpoint that limits the rate makes events suspect, and they die of it.',
    file: SEND_BATCH,
    find: 'if (mayBeContent) doubtful += 1',
    replace: 'doubtful += 1',
    test: {
      file: SEND_BATCH_TEST,
      name: 'a rate that is limited is no fault of an event: the batch stays whole',
    },
  },
  {
    name: 'failure-judged-twice',
    breaks: 'A suspect event that waits in place dies of half as many failures.',
    file: ISOLATE_EVENT,
    find: 'Math.min(row.failures, fresh, SUSPECT_TRIES)',
    replace: 'Math.min(row.failures, fresh + row.failures, SUSPECT_TRIES)',
    test: {
      file: EVIDENCE_TEST,
      name: 'a failure of a suspect event counts once, however often the event is judged',
    },
  },
  {
    name: 'slow-endpoint-taken-for-healthy',
    breaks: 'An endpoint that answers in four seconds is the death of every delete and suppress.',
    file: 'packages/delivery/src/endpoint-gate.ts',
    find: 'if (tookMs < PROFILE_TIMEOUT_MS)',
    replace: 'if (tookMs > 0)',
    test: {
      file: ISOLATE_EVENT_TEST,
      name: 'an endpoint that takes longer than a profile operation may wait kills none',
    },
  },
  {
    name: 'exhausted-without-evidence',
    breaks: 'An endpoint that fails nine of ten requests kills events.',
    file: ISOLATE_EVENT,
    find: 'failures >= least && failedPart ** failures < chance',
    replace: 'failures >= least && failedPart ** failures < chance + 1',
    test: { file: EVIDENCE_TEST, name: 'of the other requests fail an event dies of' },
  },
  {
    name: 'failures-of-other-suspects-left-out',
    breaks: 'An outage for one customer in five kills their events.',
    file: SEND_BATCH,
    find: 'this.#parts.gate.noteFailed(isAlone)',
    replace: 'if (!isAlone) this.#parts.gate.noteFailed(false)',
    test: {
      file: EVIDENCE_TEST,
      name: 'a failure of a suspect event counts as the endpoint’s: it is evidence for every other one',
    },
  },
  {
    name: 'failures-of-an-outage-counted',
    breaks: 'Failures alone count although nothing else was accepted meanwhile: an outage kills.',
    file: ISOLATE_EVENT,
    find: 'Math.min(row.failures, fresh, SUSPECT_TRIES) : 0',
    replace: 'Math.min(row.failures, fresh, SUSPECT_TRIES) : row.failures',
    test: {
      file: ISOLATE_EVENT_TEST,
      name: 'an isolated event holds only its own customer up: the others go ahead before it dies',
    },
  },
  {
    name: 'poison-never-dies',
    breaks: 'A poison event is sent for ever.',
    file: ISOLATE_EVENT,
    find: 'least: MAX_ATTEMPTS,',
    replace: 'least: MAX_ATTEMPTS * 1e9,',
    test: {
      file: ISOLATE_EVENT_TEST,
      name: 'a poison event dies as exhausted, its neighbours are delivered in order, in the only busy partition',
    },
  },
  {
    name: 'canary-never-sent',
    breaks: 'A poison event stops its partition, when that is the only busy one.',
    file: SEND_BATCH,
    find: 'if (mayBeContent && over >= 0) {',
    replace: 'if (mayBeContent && over >= 1e9) {',
    test: {
      file: ISOLATE_EVENT_TEST,
      name: 'a poison event dies as exhausted, its neighbours are delivered in order, in the only busy partition',
    },
  },
  {
    name: 'canary-stays-a-half',
    breaks: 'A few poison events in every half of a batch stop its partition.',
    file: ISOLATE_EVENT,
    find: 'Math.ceil(batch.length / 2 ** number)',
    replace: 'Math.ceil(batch.length / 2)',
    test: {
      file: ISOLATE_EVENT_TEST,
      name: 'several poison events of which there are five stop nobody else',
    },
  },
  {
    name: 'taken-apart-in-a-bad-hour',
    breaks: 'An endpoint that fails nine of ten requests gets a request for each event.',
    file: ISOLATE_EVENT,
    find: 'const WRONG_SUSPICION = 0.05',
    replace: 'const WRONG_SUSPICION = 1',
    test: {
      file: ISOLATE_EVENT_TEST,
      name: 'an endpoint that fails at random, nine of ten, kills nothing',
    },
  },
  {
    name: 'breaker-never-opens',
    breaks: 'In an outage every partition goes on asking.',
    file: CIRCUIT_BREAKER,
    find: 'if (this.#failures < OPEN_AFTER) return',
    replace: 'if (this.#failures < OPEN_AFTER * 1e9) return',
    test: {
      file: CIRCUIT_BREAKER_TEST,
      name: 'it opens after failures in a row, and says so once',
    },
  },
  {
    name: 'probe-permit-not-given-back',
    breaks: 'A probe that was not sent after all leaves the breaker probing for ever.',
    file: CIRCUIT_BREAKER,
    find: `    else if (permit.isProbe && this.#state === 'probing') this.#to('open')
`,
    replace: '',
    test: {
      file: CIRCUIT_BREAKER_TEST,
      name: 'a probe that was not sent after all leaves its place to the next in line',
    },
  },
  {
    name: 'all-probe-at-once',
    breaks: 'When the breaker looks, the whole line is let through.',
    file: CIRCUIT_BREAKER,
    find: `        this.#to('probing')
`,
    replace: '',
    test: {
      file: CIRCUIT_BREAKER_TEST,
      name: 'open, it lets one request through at a time, in the order of the line',
    },
  },
  {
    name: 'no-slow-start',
    breaks: 'An endpoint that has just come back is run over.',
    file: CIRCUIT_BREAKER,
    find: `    this.#parts.closed()
`,
    replace: '',
    test: {
      file: CIRCUIT_BREAKER_TEST,
      name: 'a probe that is accepted closes it for everybody in line, and the rate begins small',
    },
  },
]
