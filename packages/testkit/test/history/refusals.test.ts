// What a producer refuses for good, and a run that has taken nothing.

import { expect, test } from 'vitest'

import type { History, ProducerRecord } from '../../src/index.ts'
import { runOf, trackOf } from './small-run.ts'
import { choose, findingsOf, findingsOfEvents, holds, kinds } from './spoil.ts'

test('a refusal that does not say "try again" is a finding, whatever came of the event', () => {
  holds((history, choice) => {
    const ends = history.producers.flatMap(({ records }) =>
      records.filter(({ kind }) => kind === 'refused' || kind === 'unknown'),
    )
    const refused = choose(ends, choice)
    const withCode = (code: string): History => ({
      ...history,
      producers: history.producers.map(({ process, records }) => ({
        process,
        records: records.map((one) => (one === refused ? ({ ...one, code } as typeof one) : one)),
      })),
    })
    expect(findingsOfEvents(withCode('RELAY_ENQUEUE_BACKPRESSURE'))).toEqual([])
    for (const code of ['RELAY_EVENT_INVALID', 'RELAY_EVENT_TIME', 'none']) {
      expect(findingsOfEvents(withCode(code))).toMatchObject([
        { kind: 'refusedForGood', code, at: refused.at },
      ])
    }
  })
})

test.each([
  ['1 begins, 1 is closed out', []],
  ['1 begins, 2 begins, 1 is closed out, 2 is taken', []], // It was in flight when the producer was closed.
  ['1 begins, 1 is closed out, 2 begins, 2 is taken', ['refusedForGood']],
])('a closed producer refuses what comes, and takes nothing any more: %s', (plan, expected) => {
  const records = plan.split(', ').map((text, at): ProducerRecord => {
    const [call, what] = [Number(text[0]), text.slice(2)]
    if (what === 'begins') return trackOf('a', call, at)
    if (what === 'is taken') return { kind: 'acknowledged', call, at }
    return { kind: 'refused', call, at, code: 'RELAY_ENQUEUE_CLOSED' }
  })
  const history = { ...runOf([], []), producers: [{ process: 'producer-1', records }] }
  const found = findingsOf(history).filter(({ kind }) => kind === 'refusedForGood')
  expect(kinds(found)).toEqual(expected)
})

test('a run in which nothing was acknowledged proves nothing', () => {
  const called = trackOf('a', 1, 1_000)
  const end = { kind: 'refused', call: 1, at: 1_001, code: 'RELAY_ENQUEUE_REFUSED' } as const
  for (const records of [[], [called], [called, end]]) {
    const history = { ...runOf([], []), producers: [{ process: 'producer-1', records }] }
    expect(kinds(findingsOf(history))).toEqual(['nothingAcknowledged'])
  }
})
