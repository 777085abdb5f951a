// Setup: a partition in Redis and a model of it in TypeScript.
// Timeline: random steps, stale tokens, repeated settles, jobs that somebody removes, events that come twice.
// What this proves: after each step Redis holds what the model holds, and the counters add up.
import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import type { SettledOutcome } from '../src/index.ts'
import { EVENTS, Pair } from './partition-pair.ts'
import type { Step } from './partition-pair.ts'
import { usePartitions } from './partition-setup.ts'

const setup = usePartitions()

const seldom = fc.integer({ min: 0, max: 9 }).map((number) => number === 0)
const outcome = fc.constantFrom<SettledOutcome | undefined>(
  'delivered',
  'delivered',
  'duplicate',
  'dead',
  undefined,
)
const pick = fc.record({
  job: fc.nat(),
  outcomes: fc.array(outcome, { minLength: 4, maxLength: 4 }),
})
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('add' as const),
      events: fc.array(fc.nat(EVENTS - 1), { minLength: 1, maxLength: 4 }),
      isReplay: seldom,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('claim' as const),
      most: fc.integer({ min: 1, max: 4 }),
      off: fc.constantFrom(0, 0, 0, 0, 0, 1, -1),
      stale: seldom,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('settle' as const),
      picks: fc.uniqueArray(pick, { maxLength: 3, selector: ({ job }) => job % 3 }),
      stale: seldom,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('repeat' as const), back: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('requeue' as const), stale: seldom }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), job: fc.nat() }) },
)

test('whatever the steps, Redis holds what the model holds and the counters add up', async () => {
  const steps = fc.array(step, { minLength: 5, maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(steps, async (sequence) => {
      const pair = new Pair(await setup())
      for (const next of sequence) {
        await pair.take(next)
        await pair.compare()
      }
      expect(pair.model.imbalance).toBe(0)
    }),
    { numRuns: 50 },
  )
})
