import { expect, test } from 'vitest'

import type { FaultKind } from '../../src/schedule/fault-table.ts'
import type { Topology } from '../../src/schedule/schedule.ts'
import { countRule, miscounts } from '../../src/verdict/miscounts.ts'

const durable = { accepted: 10, delivered: 7, duplicateOrDead: 3 }

test('where all counts are the same nothing is found, whatever the rule', () => {
  const workers = [
    { accepted: 4, delivered: 3, duplicateOrDead: 1 },
    { accepted: 6, delivered: 4, duplicateOrDead: 2 },
  ]
  expect(miscounts(workers, durable, 'equal')).toEqual([])
  expect(miscounts(workers, durable, 'at_most')).toEqual([])
})

test('counts of a worker that died may be missing, and no count may be too much', () => {
  const fewer = [{ accepted: 9, delivered: 6, duplicateOrDead: 3 }]
  expect(miscounts(fewer, durable, 'equal')).toHaveLength(2)
  expect(miscounts(fewer, durable, 'at_most')).toEqual([])
  const more = [{ ...durable, delivered: 8 }]
  expect(miscounts(more, durable, 'at_most')).toEqual([
    'the workers counted 8 delivered, and 7 are durable (rule: at_most)',
  ])
  expect(miscounts(more, durable, 'any')).toEqual([])
})

test('the rule is as strict as the faults of a run allow', () => {
  const ruleOf = (topology: Topology, ...kinds: FaultKind[]): string =>
    countRule({
      topology,
      faults: kinds.map((kind) => ({ kind, target: 0, atMs: 0, forMs: 0, amount: 0 })),
    })
  const alone = { kind: 'standalone' } as const
  expect(ruleOf(alone, 'destination_502', 'producer_killed')).toBe('equal')
  expect(ruleOf(alone, 'worker_killed', 'redis_killed')).toBe('at_most')
  expect(ruleOf(alone, 'redis_emptied')).toBe('any')
  expect(ruleOf({ kind: 'sentinel' }, 'redis_cuts')).toBe('any')
  expect(ruleOf({ kind: 'sentinel' }, 'destination_401')).toBe('equal')
})
