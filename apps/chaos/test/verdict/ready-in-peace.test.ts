import { expect, test } from 'vitest'

import type { HealthChange } from '../../src/stage/health-watch.ts'
import type { Outage } from '../../src/stage/run-file.ts'
import type { Watched } from '../../src/verdict/health-told.ts'
import { needlesslyUnready } from '../../src/verdict/ready-in-peace.ts'

function watched(...changes: readonly [at: number, state: HealthChange['state']][]): Watched {
  return { changes: changes.map(([at, state]) => ({ at, state })), isSeenIn: () => true }
}

const outage: Outage = { what: 'destination', from: 10_000, until: 15_000 }

test('a worker that is not ready for long while nothing is wrong is found', () => {
  const unready = watched([0, 'ready'], [5000, 'not_ready'], [9000, 'ready'])
  expect(needlesslyUnready([unready], [])).toHaveLength(1)
  expect(needlesslyUnready([unready], [outage])).toHaveLength(1)
})

test('an outage of Customer.io is a reason, from its beginning to shortly after', () => {
  const during = watched([0, 'ready'], [14_000, 'not_ready'], [25_000, 'ready'])
  const after = watched([0, 'ready'], [24_000, 'not_ready'], [29_000, 'ready'])
  expect(needlesslyUnready([during, after], [outage])).toEqual([])
  const late = watched([0, 'ready'], [26_000, 'not_ready'], [29_000, 'ready'])
  expect(needlesslyUnready([late], [outage])).toHaveLength(1)
})

test('the start, the end, a moment and a busy machine do not count', () => {
  const starts = watched([0, 'not_ready'], [9000, 'ready'], [10_000, 'not_ready'])
  const moment = watched([0, 'ready'], [5000, 'not_ready'], [6000, 'ready'])
  const busy = watched([0, 'ready'], [5000, 'no_answer'], [9000, 'ready'])
  expect(needlesslyUnready([starts, moment, busy], [])).toEqual([])
})
