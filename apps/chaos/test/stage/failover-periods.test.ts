// Which times count as a failover, from what the nodes say of themselves.

import { expect, test } from 'vitest'

import { FailoverPeriods } from '../../src/stage/failover-periods.ts'
import type { NodeView } from '../../src/stage/failover-periods.ts'

const IN_STEP = 'replica_in_step'
const BEHIND = 'replica_behind'

/** What is told of views that were seen at 1000, 2000, … */
function periodsOf(...views: readonly (readonly NodeView[])[]) {
  const periods = new FailoverPeriods(2, 0)
  views.forEach((seen, index) => periods.see(seen, (index + 1) * 1000))
  return periods.until(100_000)
}

test('a master that comes back as one, or whose replica fell behind, was not replaced', () => {
  const calm = ['master', IN_STEP] as const
  expect(periodsOf(calm, [undefined, BEHIND], ['master', BEHIND], calm)).toEqual([])
})

test('it lasts from the last time that the new master was in step until the former one is a replica', () => {
  const found = periodsOf(
    ['master', IN_STEP],
    [undefined, BEHIND],
    [undefined, 'master'],
    ['master', 'master'],
    [BEHIND, 'master'],
    [IN_STEP, 'master'],
  )
  expect(found).toEqual([{ from: 1000, until: 5000 }])
})

test('a former master that is made one again before it has caught up is another failover, as long as the first', () => {
  const found = periodsOf(
    ['master', IN_STEP],
    [undefined, BEHIND],
    [undefined, 'master'],
    ['master', 'master'],
    ['master', undefined],
    ['master', BEHIND],
  )
  expect(found).toEqual([
    { from: 1000, until: 5000 },
    { from: 1000, until: 6000 },
  ])
})

test('one that is not over when the run ends lasts until then', () => {
  const found = periodsOf(['master', IN_STEP], [undefined, 'master'])
  expect(found).toEqual([{ from: 1000, until: 100_000 }])
})
