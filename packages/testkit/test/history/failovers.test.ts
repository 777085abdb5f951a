// What a failover may have forgotten is delivered once more, and that alone is excused.

import { expect, test } from 'vitest'

import type { CalledRecord, History, Period, ReceiptRecord } from '../../src/index.ts'
import { received, runOf, trackOf } from './small-run.ts'
import { findingsOfEvents, kinds } from './spoil.ts'

const FIRST: CalledRecord = { ...trackOf('a', 1, 100), op: 'identify', name: '', mark: 'first' }
const SECOND = trackOf('a', 2, 200)

/** Each event in a request of its own: the first one is open from 1,000 to 1,001, the next from 11,000 on. */
function delivered(events: readonly CalledRecord[], failovers: readonly Period[]): History {
  const receipts = events.flatMap((event, index): ReceiptRecord[] => {
    const [request, at] = [index + 1, 1_000 + 10_000 * index]
    return [
      { kind: 'opened', request, at },
      received(event, request, at),
      { kind: 'ended', request, at: at + 1, ending: '200' },
    ]
  })
  const { run, ...rest } = runOf([FIRST, SECOND], receipts)
  return { ...rest, run: { ...run, failovers } }
}

test.each([
  ['no failover', [], ['doubled', 'inversion']],
  ['one while the first request was open', [{ from: 500, until: 4_000 }], []],
  ['one before its settle was replicated', [{ from: 1_500, until: 4_000 }], []],
  ['one that was over before it', [{ from: 500, until: 999 }], ['doubled', 'inversion']],
  ['one that came later', [{ from: 9_000, until: 9_500 }], ['doubled', 'inversion']],
])('an identify that comes again after a later track, with %s', (_what, failovers, expected) => {
  expect(kinds(findingsOfEvents(delivered([FIRST, SECOND, FIRST], failovers)))).toEqual(expected)
})

test('what a failover lets come for the first time keeps its place', () => {
  const failovers = [{ from: 0, until: 90_000 }]
  expect(findingsOfEvents(delivered([SECOND, FIRST], failovers))).toMatchObject([
    { kind: 'inversion', id: FIRST.id, overtakenBy: SECOND.id },
  ])
  expect(kinds(findingsOfEvents(delivered([SECOND, FIRST, FIRST], failovers)))).toEqual([
    'inversion',
  ])
})
