// Each test takes the history of a run without a fault, plants one, and sees that the checker finds this one and no other.

import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import type { History, ReceiptRecord } from '../../src/index.ts'
import { ALIVE, received, runOf, trackOf } from './small-run.ts'
import {
  acknowledged,
  calls,
  choose,
  findingsOf,
  holds,
  isOf,
  kinds,
  operations,
  withReceipts,
} from './spoil.ts'

/** Calls that were not answered leave it room. */
const MOST_ACCEPTED = 'accepted ≤ calls, those that were cut off twice'

test('a dead letter for a reason that was not planted is dead by outage', () => {
  holds((history, choice) => {
    const { id } = choose(history.deadLetters, choice)
    const deadLetters = history.deadLetters.map((one) =>
      one.id === id ? { ...one, reason: 'exhausted' as const } : one,
    )
    expect(findingsOf({ ...history, deadLetters })).toMatchObject([
      { kind: 'deadByOutage', why: 'not_planted', id, reason: 'exhausted' },
    ])
  })
})

test('a dead letter that was received must say so', () => {
  holds((history, choice) => {
    const { id } = choose(history.deadLetters, choice)
    const called = calls(history).find((one) => one.id === id)!
    const receipts = history.receipts.map((one): ReceiptRecord => {
      return isOf(called, one) ? ({ ...one, outcome: 'applied' } as ReceiptRecord) : one
    })
    fc.pre(operations(history).filter((one) => isOf(called, one)).length === 1)
    expect(findingsOf(withReceipts(history, receipts))).toMatchObject([
      { kind: 'deadByOutage', why: 'not_marked_as_delivered', id },
    ])
    const deadLetters = history.deadLetters.map((one) => ({ ...one, maybeDelivered: true }))
    expect(findingsOf({ ...withReceipts(history, receipts), deadLetters })).toEqual([])
  })
})

test.each([
  ['accepted', ['accepted = delivered + duplicate + dead + pending']],
  [
    'delivered',
    ['accepted = delivered + duplicate + dead + pending', 'delivered ≤ events received'],
  ],
  ['duplicate', ['accepted = delivered + duplicate + dead + pending']],
  [
    'dead',
    ['accepted = delivered + duplicate + dead + pending', 'dead = dead letters in the store'],
  ],
  ['pending', ['accepted = delivered + duplicate + dead + pending', 'pending = 0']],
  [
    'dedupeIds',
    ['ids in the dedupe store ≤ events received, dead letters left out that were never sent'],
  ],
] as const)('one too many %s does not add up', (name, rules) => {
  holds((history) => {
    const counts = history.counts!
    const spoilt = { ...history, counts: { ...counts, [name]: counts[name]! + 1 } }
    const found = findingsOf(spoilt).map((one) => (one.kind === 'countFault' ? one.rule : one.kind))
    expect(found.filter((rule) => rule !== MOST_ACCEPTED)).toEqual(rules)
  })
})

test('counts that lack an event do not add up with what was acknowledged and received', () => {
  holds((history) => {
    const counts = history.counts!
    fc.pre(counts.delivered > 0)
    fc.pre(acknowledged(history).size === counts.accepted)
    const { accepted, delivered } = counts
    const fewer = { ...counts, accepted: accepted - 1, delivered: delivered - 1 }
    expect(findingsOf({ ...history, counts: fewer })).toMatchObject([
      { kind: 'countFault', rule: 'calls acknowledged ≤ accepted' },
      {
        kind: 'countFault',
        rule: 'events received, dead letters left out ≤ delivered + duplicate',
      },
    ])
  })
})

test('more accepted than was called does not add up, unless a call may have stored its event twice', () => {
  const event = trackOf('a', 1, 1_000)
  const answered = runOf(
    [event],
    [
      { kind: 'opened', request: 1, at: 2_000 },
      received(event, 1, 2_001),
      { kind: 'ended', request: 1, at: 2_002, ending: '200' },
    ],
  )
  const rulesOf = (history: History, accepted: number): string[] => {
    const counts = { ...history.counts!, accepted, duplicate: accepted - 1 }
    return findingsOf({ ...history, counts }).flatMap((one) =>
      one.kind === 'countFault' ? [one.rule] : [],
    )
  }
  expect(rulesOf(answered, 1)).toEqual([])
  expect(rulesOf(answered, 2)).toEqual([MOST_ACCEPTED])
  const killed = { ...answered, producers: [{ process: 'producer-1', records: [event] }] }
  expect(rulesOf(killed, 2)).toEqual([])
  expect(rulesOf(killed, 3)).toEqual([MOST_ACCEPTED])
  const hit = (at: number, host: string | null): History => {
    const cutOff = { from: at, until: at, kind: 'cut_off', host } as const
    return { ...answered, run: { ...answered.run, disturbances: [cutOff] } }
  }
  expect(rulesOf(hit(1_000, null), 2)).toEqual([])
  expect(rulesOf(hit(1_500, null), 2)).toEqual([MOST_ACCEPTED])
  expect(rulesOf(hit(1_000, 'worker-1'), 2)).toEqual([MOST_ACCEPTED])
})

test('an id that is missing in the dedupe store does not add up with what was received', () => {
  holds((history) => {
    const counts = history.counts!
    fc.pre(counts.delivered > 0)
    const fewer = { ...counts, dedupeIds: counts.dedupeIds! - 1 }
    expect(findingsOf({ ...history, counts: fewer })).toMatchObject([
      {
        kind: 'countFault',
        rule: 'events received, dead letters left out ≤ ids in the dedupe store',
      },
    ])
  })
})

test('a dead letter that was received and says so may be in the dedupe store or not', () => {
  holds((history, choice) => {
    const { id } = choose(history.deadLetters, choice)
    const called = calls(history).find((one) => one.id === id)!
    const receipts = history.receipts.map((one): ReceiptRecord => {
      return isOf(called, one) ? ({ ...one, outcome: 'applied' } as ReceiptRecord) : one
    })
    fc.pre(operations(history).filter((one) => isOf(called, one)).length === 1)
    const deadLetters = history.deadLetters.map((one) => ({ ...one, maybeDelivered: true }))
    const counts = history.counts!
    const late = { ...counts, dedupeIds: counts.dedupeIds! + 1 }
    const delivered = { ...withReceipts(history, receipts), deadLetters }
    expect(findingsOf({ ...delivered, counts: late })).toEqual([])
    const more = { ...counts, dedupeIds: counts.dedupeIds! + 2 }
    expect(kinds(findingsOf({ ...delivered, counts: more }))).toEqual(['countFault'])
  })
})

test('a consumer that keeps no counts is judged by the rest', () => {
  holds((history) => {
    expect(findingsOf({ ...history, counts: null })).toEqual([])
  })
})

test('an emptied disk takes the counters along, but they still add up among themselves', () => {
  holds(({ run, ...history }) => {
    const { dead } = history.counts!
    const wiped = { ...history, run: { ...run, wipes: [Infinity] } }
    const fresh = { accepted: dead, delivered: 0, duplicate: 0, dead, pending: 0 }
    expect(findingsOf({ ...wiped, counts: fresh })).toEqual([])
    expect(findingsOf({ ...wiped, counts: { ...fresh, accepted: 99 } })).toMatchObject([
      { kind: 'countFault', rule: 'accepted = delivered + duplicate + dead + pending' },
    ])
  })
})

test('only workers that were there in the second may have had one request more', () => {
  const receipts = Array.from({ length: 112 }, (_, index): ReceiptRecord => {
    return { kind: 'opened', request: index + 1, at: 5_000 + index }
  })
  const { run, ...history } = runOf([], receipts)
  const found = (before: number, after: number): string[] => {
    const workers = [
      { from: 0, until: before },
      { from: after, until: 9_000 },
    ]
    return kinds(findingsOf({ ...history, run: { ...run, rateLimit: 100, workers } }))
  }
  expect(found(4_500, 4_600)).not.toContain('rateFault')
  expect(found(3_000, 4_600)).toContain('rateFault')
  expect(found(4_500, 8_000)).toContain('rateFault')
})

test.each([
  [112, 999, 0],
  [113, 999, 1],
  [113, 1_000, 0],
  [300, 999, 1],
])(
  '%i requests of which the last comes %i ms after the first: %i rate faults',
  (count, ms, faults) => {
    const receipts = Array.from({ length: count }, (_, index): ReceiptRecord => {
      const at = index === count - 1 ? 5_000 + ms : 5_000 + Math.min(index, 10)
      return { kind: 'opened', request: index + 1, at }
    })
    const { run, ...history } = runOf([], receipts)
    const found = findingsOf({
      ...history,
      run: { ...run, rateLimit: 100, workers: [ALIVE, ALIVE] },
    })
    const told = found.filter(({ kind }) => kind === 'rateFault')
    expect(kinds(told)).toEqual(Array.from({ length: faults }, () => 'rateFault'))
  },
)
