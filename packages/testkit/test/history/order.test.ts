// Each test takes the history of a run without a fault, plants one, and sees that the checker finds this one and no other.

import { expect, test } from 'vitest'

import type { CalledRecord, History, ReceiptRecord } from '../../src/index.ts'
import { received, runOf, trackOf } from './small-run.ts'
import {
  acknowledged,
  calls,
  choose,
  findingsOf,
  findingsOfEvents,
  holds,
  isOf,
  kinds,
  operations,
  withReceipts,
} from './spoil.ts'

test('two ordered events of one customer that change places are an inversion', () => {
  holds((history, choice) => {
    const [first, second] = choose(orderedNeighbours(history), choice)
    const swapped = history.receipts.map((record): ReceiptRecord => {
      if (isOf(first, record)) return moved(history, second, record)
      if (isOf(second, record)) return moved(history, first, record)
      return record
    })
    expect(findingsOfEvents(withReceipts(history, swapped))).toMatchObject([
      { kind: 'inversion', id: first.id, overtakenBy: second.id, customerId: first.customerId },
    ])
  })
})

/** Pairs that stand next to each other and have an order; each was received once and applied. */
function orderedNeighbours(history: History) {
  const once = operations(history).filter(({ outcome }) => outcome === 'applied')
  const all = calls(history).filter(
    (called) =>
      called.planted === undefined &&
      operations(history).filter((one) => isOf(called, one)).length === 1,
  )
  const ids = acknowledged(history)
  const inOrder = once.flatMap((one) => all.filter((called) => isOf(called, one)))
  return inOrder.flatMap((second, index) => {
    const first = inOrder
      .slice(0, index)
      .findLast(({ customerId }) => customerId === second.customerId)
    if (first === undefined || !ids.has(first.id) || !ids.has(second.id)) return []
    return isBefore(history, first.id, second.call) && isNext(history, first, second)
      ? [[first, second] as const]
      : []
  })
}

/** One process called both, or the first was acknowledged before the second was called. */
function isBefore({ producers }: History, id: string, call: number): boolean {
  const own = producers.find(({ records }) => records.some((one) => one.call === call))!
  if (own.records.some((one) => one.kind === 'called' && one.id === id)) return true
  const calledAt = own.records.find((one) => one.call === call)!.at
  return producers.some(({ records }) => {
    const first = records.find((one) => one.kind === 'called' && one.id === id)
    const end = records.findLast((one) => one.call === first?.call)
    return end?.kind === 'acknowledged' && end.at < calledAt
  })
}

/** Nothing else of the customer had an effect between the two. */
function isNext(history: History, first: CalledRecord, second: CalledRecord): boolean {
  const own = operations(history).filter(
    ({ customerId, outcome }) => customerId === first.customerId && outcome === 'applied',
  )
  const at = (event: CalledRecord): number => own.findIndex((one) => isOf(event, one))
  return at(second) === at(first) + 1
}

/** The operation of the event, at the place of another. */
function moved(
  history: History,
  event: CalledRecord,
  { kind, ...place }: ReceiptRecord,
): ReceiptRecord {
  const own = operations(history).find((one) => isOf(event, one))!
  const { request, at } = place
  const index = 'index' in place ? place.index : null
  return kind === 'operation' ? { ...own, request, index, at } : own
}

test('two answered requests that are open at once with one customer overlap', () => {
  holds((history, choice) => {
    const { receipts } = history
    const [ended, customerId] = choose(followedBySameCustomer(history), choice)
    const end = receipts[ended]!
    const next = receipts.findIndex((one, at) => at > ended && one.kind === 'operation')
    const late = [
      ...receipts.slice(0, ended),
      ...receipts.slice(ended + 1, next + 1),
      { ...end, at: receipts[next]!.at },
      ...receipts.slice(next + 1),
    ]
    const found = findingsOfEvents(withReceipts(history, late))
    expect(found).toContainEqual(
      expect.objectContaining({ kind: 'overlap', why: 'two_requests', customerId }),
    )
    expect(new Set(kinds(found))).toEqual(new Set(['overlap'])) // One a customer.
  })
})

/** Lines at which a request ends whose successor names one of its customers. */
function followedBySameCustomer(history: History): [number, string][] {
  const customersOf = (request: number): string[] =>
    operations(history).flatMap((one) => (one.request === request ? [one.customerId] : []))
  return history.receipts.flatMap((record, line): [number, string][] => {
    if (record.kind !== 'ended' || record.ending !== '200') return []
    const customers = customersOf(record.request)
    const same = customersOf(record.request + 1).find((customer) => customers.includes(customer))
    return same === undefined ? [] : [[line, same]]
  })
}

test('a sender that gave up and repeats at once does not overlap with itself, one that waits does', () => {
  const history = (leftAfterMs: number): History => {
    const at = 1_000
    const event = trackOf('a', 1, at)
    return runOf(
      [event],
      [
        { kind: 'opened', request: 1, at },
        received(event, 1, at),
        { kind: 'opened', request: 2, at },
        { ...received(event, 2, at), outcome: 'duplicate' },
        { kind: 'ended', request: 2, at, ending: '200' },
        { kind: 'ended', request: 1, at: at + leftAfterMs, ending: 'left' },
      ],
    )
  }
  expect(kinds(findingsOf(history(100)))).toEqual([])
  expect(kinds(findingsOf(history(5_000)))).toEqual(['overlap'])
  const { run, ...rest } = history(5_000)
  const disturbances = [{ from: 3_000, until: 3_000, kind: 'stopped', host: null } as const]
  expect(kinds(findingsOf({ ...rest, run: { ...run, disturbances } }))).toEqual([])
})

test('two requests with one customer overlap also where neither had an effect', () => {
  const event = trackOf('a', 1, 1_000)
  const failed = (request: number, at: number) =>
    ({ ...received(event, request, at), outcome: 'unapplied' }) as const
  const history = (secondAt: number): History =>
    runOf(
      [event],
      [
        { kind: 'opened', request: 1, at: 1_000 },
        failed(1, 1_000),
        ...(secondAt < 2_000 ? [{ kind: 'opened', request: 2, at: secondAt } as const] : []),
        { kind: 'ended', request: 1, at: 2_000, ending: '502' },
        ...(secondAt < 2_000 ? [] : [{ kind: 'opened', request: 2, at: secondAt } as const]),
        failed(2, 2_500),
        { kind: 'ended', request: 2, at: 3_000, ending: '502' },
        { kind: 'opened', request: 3, at: 4_000 },
        received(event, 3, 4_000),
        { kind: 'ended', request: 3, at: 4_010, ending: '200' },
      ],
    )
  expect(kinds(findingsOf(history(2_100)))).toEqual([])
  expect(kinds(findingsOf(history(1_500)))).toEqual(['overlap'])
})

test('a request that was in flight when its worker was stopped is left behind, not overlapping', () => {
  const event = trackOf('a', 1, 1_000)
  const history = (stoppedAt: number): History => {
    const { run, ...rest } = runOf(
      [event],
      [
        { kind: 'opened', request: 1, at: 10_000 },
        received(event, 1, 10_001),
        { kind: 'opened', request: 2, at: 22_000 },
        { ...received(event, 2, 22_001), outcome: 'duplicate' },
        { kind: 'ended', request: 2, at: 22_002, ending: '200' },
        { kind: 'ended', request: 1, at: 25_000, ending: '200' },
      ],
    )
    const stop = { from: stoppedAt, until: 30_000, kind: 'stopped', host: null } as const
    return { ...rest, run: { ...run, disturbances: [stop] } }
  }
  expect(kinds(findingsOf(history(10_500)))).toEqual([])
  // Opened by a worker that was stopped before: it should have known that it is not the owner any more.
  expect(kinds(findingsOf(history(5_000)))).toEqual(['overlap'])
})

test.each([
  ['50 tracks', 50, (event: CalledRecord) => event, []],
  ['51 tracks', 51, (event: CalledRecord) => event, ['overlap']],
  ['a track and an identify', 2, identifyOfSecond, ['overlap']],
  ['the same track twice', 2, (event: CalledRecord) => ({ ...event, id: 'T0' }), ['overlap']],
] as const)('one customer in one batch: %s', (_what, count, change, expected) => {
  const events = Array.from({ length: count }, (_, index) => change(trackOf('a', index, 1)))
  const brought = events.map((event) => received(event, 1, 5))
  const history = runOf(events, [
    { kind: 'opened', request: 1, at: 5 },
    ...brought.map((one, index): ReceiptRecord => {
      const isRepeated = one.id !== null && index > 0 && one.id === brought[0]!.id
      return isRepeated ? { ...one, outcome: 'duplicate' } : one
    }),
    { kind: 'ended', request: 1, at: 6, ending: '200' },
  ])
  const found = findingsOf(history).filter(({ kind }) => kind !== 'countFault')
  expect(kinds(found)).toEqual(expected)
})

function identifyOfSecond(event: CalledRecord): CalledRecord {
  return event.call === 0 ? event : { ...event, op: 'identify', name: '', mark: event.id }
}

test('what was acknowledged before Redis lost its disk has no place, unless it had its effect before', () => {
  const early = trackOf('a', 1, 100)
  const late = trackOf('a', 2, 300)
  const history = (wipes: number[]): History => {
    const { run, ...rest } = runOf(
      [early, late],
      [
        { kind: 'opened', request: 1, at: 400 },
        received(late, 1, 400),
        { kind: 'ended', request: 1, at: 401, ending: '200' },
        { kind: 'opened', request: 2, at: 500 },
        received(early, 2, 500),
        { kind: 'ended', request: 2, at: 501, ending: '200' },
      ],
    )
    return { ...rest, run: { ...run, wipes } }
  }
  const kindsOf = (wipes: number[]): string[] => kinds(findingsOfEvents(history(wipes)))
  expect(kindsOf([])).toEqual(['inversion'])
  expect(kindsOf([200])).toEqual([])
  expect(kindsOf([50])).toEqual(['inversion'])
  expect(kindsOf([600])).toEqual(['inversion'])
})
