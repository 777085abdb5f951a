// The checker of the fault runs: what it does not see, no fault run ever finds.

import type { Mutant } from '../mutant.ts'

const HISTORY = 'packages/testkit/src/history'
const HISTORY_TESTS = 'packages/testkit/test/history'

export const checkerMutants: readonly Mutant[] = [
  {
    name: 'lost-events-ignored',
    breaks: 'The checker says nothing of an acknowledged event that was never received.',
    file: `${HISTORY}/lost.ts`,
    find: 'if (takenOf.has(event) || dead.has(id)) continue',
    replace: 'if (takenOf.has(event) || !dead.has(id)) continue',
    test: {
      file: `${HISTORY_TESTS}/events.test.ts`,
      name: 'an acknowledged event that was never received is lost',
    },
  },
  {
    name: 'inversions-not-compared',
    breaks: 'The checker compares no effect with those that came later.',
    file: `${HISTORY}/inversions.ts`,
    find: 'for (let at = taken.length - 1; at >= 0; at -= 1) {',
    replace: 'for (let at = taken.length - 1; at > taken.length; at -= 1) {',
    test: {
      file: `${HISTORY_TESTS}/order.test.ts`,
      name: 'two ordered events of one customer that change places are an inversion',
    },
  },
  {
    name: 'altered-content-ignored',
    breaks: 'The checker takes the right id for the right event, whatever came with it.',
    file: `${HISTORY}/altered.ts`,
    find: 'if (left.length === 0) return field',
    replace: 'if (left.length < 0) return field',
    test: { file: `${HISTORY_TESTS}/altered.test.ts`, name: 'a track that comes with another' },
  },
  {
    name: 'excused-by-others-faults',
    breaks: 'The checker excuses a repeat by a fault that hit another worker.',
    file: `${HISTORY}/disturbances.ts`,
    find: 'return host === null || host === request.host',
    replace: 'return host === null || host !== `no ${request.host}`',
    test: {
      file: `${HISTORY_TESTS}/disturbances.test.ts`,
      name: 'a track that comes again after an answer when another was',
    },
  },
]
