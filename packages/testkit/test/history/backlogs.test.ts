// Several tracks of one customer in a batch, with so many events of the customer that may have been waiting then.

import { expect, test } from 'vitest'

import type { CalledRecord, Finding, ReceiptRecord } from '../../src/index.ts'
import { checkHistory } from '../../src/index.ts'
import { received, runOf, trackOf } from './small-run.ts'

interface Batch {
  readonly at: number
  readonly events: readonly CalledRecord[]
}

/** Calls of one customer in the first second, and a last one of its own time. */
function tracks(count: number, lastAt = 900): CalledRecord[] {
  return Array.from({ length: count }, (_, index) =>
    trackOf('a', index, index === count - 1 ? lastAt : index),
  )
}

function overlapsOf(
  events: readonly CalledRecord[],
  batches: readonly Batch[],
  failedAt: readonly number[] = [],
): Finding[] {
  const failed = failedAt.map((at, index): ReceiptRecord[] => [
    { kind: 'opened', request: 1_000 + index, at },
    { kind: 'ended', request: 1_000 + index, at: at + 1, ending: '502' },
  ])
  const answered = batches.map((batch, index): ReceiptRecord[] => [
    { kind: 'opened', request: index, at: batch.at },
    ...batch.events.map((event) => received(event, index, batch.at)),
    { kind: 'ended', request: index, at: batch.at + 1, ending: '200' },
  ])
  const { findings } = checkHistory(runOf(events, [...failed, ...answered].flat()))
  return findings.filter(({ kind }) => kind === 'overlap')
}

const TWICE = [{ kind: 'overlap', why: 'one_batch', customerId: 'a' }]

test.each([
  ['33 events', tracks(33), []],
  ['32 events', tracks(32), TWICE],
  ['33 events, of which the last is called later', tracks(33, 2_500), TWICE],
])('the first two of %s go together', (_what, events, expected) => {
  const batches = [{ at: 2_000, events: events.slice(0, 2) }]
  expect(overlapsOf(events, batches)).toMatchObject(expected)
})

test.each([
  ['the backlog is left', 60, [], []],
  ['it is worked off', 100, [], TWICE],
  ['it is worked off, but a request with the run had failed', 100, [2_500 + 60], []],
  ['it is worked off, and a request failed long before', 100, [2_000], TWICE],
])('two of a hundred events go together when %s', (_what, settled, failedAt, expected) => {
  const events = tracks(120)
  const single = events
    .slice(0, settled)
    .map((event, index) => ({ at: 2_500 + index, events: [event] }))
  const run = { at: 5_000, events: events.slice(settled, settled + 2) }
  expect(overlapsOf(events, [...single, run], failedAt)).toMatchObject(expected)
})

test('the sums tell a customer twice in a batch from one in two requests', () => {
  const events = tracks(2)
  const history = runOf(events, [
    { kind: 'opened', request: 1, at: 2_000 },
    ...events.map((event) => received(event, 1, 2_000)),
    { kind: 'ended', request: 1, at: 2_001, ending: '200' },
  ])
  expect(checkHistory(history).summary).toMatchObject({ overlaps: 0, twiceInBatch: 1 })
})
