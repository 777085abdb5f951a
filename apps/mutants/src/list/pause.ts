// A pause of the namespace holds everybody until a person ends it, and the signals tell the truth.

import type { Mutant } from '../mutant.ts'

const MASS_REJECTION = 'packages/delivery/src/mass-rejection.ts'
const NAMESPACE_PAUSE = 'packages/delivery/src/namespace-pause.ts'
const ENDPOINT_GATE = 'packages/delivery/src/endpoint-gate.ts'
const HEALTH = 'apps/worker/src/health.ts'
const PAUSES = 'apps/worker/src/pauses.ts'

const MASS_REJECTION_TEST = 'packages/delivery/test/mass-rejection.test.ts'
const ENDPOINT_GATE_TEST = 'packages/delivery/test/endpoint-gate.test.ts'
const HEALTH_TEST = 'apps/worker/test/health.test.ts'
const PAUSES_TEST = 'apps/worker/test/pauses.test.ts'

export const pauseMutants: readonly Mutant[] = [
  {
    name: 'mass-rejection-of-one-name',
    breaks: 'One bad event name pauses the whole namespace.',
    file: MASS_REJECTION,
    find: 'const FEWEST_NAMES = 3',
    replace: 'const FEWEST_NAMES = 1',
    test: { file: MASS_REJECTION_TEST, name: 'two names' },
  },
  {
    name: 'mass-rejection-not-seen',
    breaks: 'A changed rule of the destination fills the dead letters.',
    file: MASS_REJECTION,
    find: 'if (rejected.length > 0) this.#judge()',
    replace: 'if (rejected.length > 1e9) this.#judge()',
    test: { file: MASS_REJECTION_TEST, name: 'more than a fifth of fifty, over three names' },
  },
  {
    name: 'pause-ended-by-an-older-reply',
    breaks: 'A pause that was asked for during a sign of life is ended by its reply.',
    file: NAMESPACE_PAUSE,
    find: 'else if (this.#unpublished === undefined) this.#end()',
    replace: 'else this.#end()',
    test: {
      file: MASS_REJECTION_TEST,
      name: 'a pause that is asked for while a sign of life is under way survives its reply',
    },
  },
  {
    name: 'pause-told-once',
    breaks: 'A pause that Redis could not be told holds nobody but this worker, and not for long.',
    file: NAMESPACE_PAUSE,
    find: `      await registry.pause(this.#unpublished)
      this.#unpublished = undefined`,
    replace: `      const detail = this.#unpublished
      this.#unpublished = undefined
      await registry.pause(detail)`,
    test: {
      file: MASS_REJECTION_TEST,
      name: 'a pause that Redis could not be told is told again, and is not taken for ended',
    },
  },
  {
    name: 'paused-namespace-sends',
    breaks: 'A pause of the namespace holds nothing.',
    file: ENDPOINT_GATE,
    find: `      await this.#pause.pass(signal)
      const permit = await this.#breaker.enter(signal)
      if (permit === null || !(this.#credentials.held || this.#pause.held)) return permit`,
    replace: `      const permit = await this.#breaker.enter(signal)
      if (permit === null || !this.#credentials.held || this.#pause.held) return permit`,
    test: {
      file: ENDPOINT_GATE_TEST,
      name: 'while the namespace is paused nobody enters, and at its end everybody does',
    },
  },
  {
    name: 'ready-in-an-outage',
    breaks: 'Readiness does not tell that nothing is delivered.',
    file: HEALTH,
    find: "this.set('requests', failures < FAILURES)",
    replace: "this.set('requests', failures < FAILURES * 1e9)",
    test: {
      file: HEALTH_TEST,
      name: 'three failures without an accepted request between them do, and one accepted request ends it',
    },
  },
  {
    name: 'unready-for-one-failure',
    breaks: 'A single failed request makes the worker unready.',
    file: HEALTH,
    find: 'const FAILURES = 3',
    replace: 'const FAILURES = 1',
    test: { file: HEALTH_TEST, name: 'a failure now and then does not make it unready' },
  },
  {
    name: 'failures-handed-over-counted',
    breaks: 'A worker stays unready for a partition that another one has.',
    file: HEALTH,
    find: `    if (this.#left.has(partition)) return
`,
    replace: '',
    test: {
      file: HEALTH_TEST,
      name: 'a request that fails after its partition has gone to another worker does not count',
    },
  },
  {
    name: 'ready-while-paused',
    breaks: 'Readiness does not tell that the namespace waits for a person.',
    file: HEALTH,
    find: "if (reason === 'mass_rejection') this.set('unpaused', false)",
    replace: "if (reason === 'mass_rejection') this.set('unpaused', true)",
    test: {
      file: HEALTH_TEST,
      name: 'a namespace that is paused until a person resumes it is a reason of its own',
    },
  },
  {
    name: 'pause-told-at-each-attempt',
    breaks: 'One pause is told a thousand times.',
    file: PAUSES,
    find: `      if (partitions.has(partition)) return
`,
    replace: '',
    test: {
      file: PAUSES_TEST,
      name: 'a reason that is met again and again is told once, per partition',
    },
  },
  {
    name: 'pause-never-ends-in-the-signals',
    breaks: 'A pause that is over stays in the metrics.',
    file: PAUSES,
    find: 'for (const reason of REFUTED) end(reason, facts.partition)',
    replace: 'for (const reason of REFUTED) end(reason, null)',
    test: {
      file: PAUSES_TEST,
      name: 'an accepted request of the partition ends what it refutes, and nothing else',
    },
  },
]
