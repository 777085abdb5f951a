// Each test takes the history of a run without a fault, plants one, and sees that the checker finds this one and no other.

import { expect, test } from 'vitest'

import { checkHistory } from '../../src/index.ts'
import type { Disturbance, History, ReceivedOperation, RunFacts } from '../../src/index.ts'
import {
  acknowledged,
  calls,
  choose,
  findingsOfEvents,
  holds,
  isOf,
  kinds,
  operations,
  repeat,
  withReceipts,
} from './spoil.ts'

test('a run without a fault has no finding, and its repeats are counted', () => {
  holds((history) => {
    const { findings, summary } = checkHistory(history)
    expect(findings).toEqual([])
    const repeated = operations(history).filter(({ outcome }) => outcome === 'duplicate')
    expect(summary.repeated).toBe(repeated.length)
  })
})

test('an acknowledged event that was never received is lost', () => {
  holds((history, choice) => {
    const ids = acknowledged(history)
    const sent = calls(history).filter(({ id, planted }) => ids.has(id) && planted === undefined)
    const lost = choose(sent, choice)
    const left = history.receipts.filter((record) => !isOf(lost, record))
    const { id, customerId } = lost
    expect(findingsOfEvents(withReceipts(history, left))).toMatchObject([
      { kind: 'lost', id, customerId },
    ])
  })
})

test('an acknowledged event that a job still holds at the end is undelivered, and not lost', () => {
  holds((history, choice) => {
    const ids = acknowledged(history)
    const sent = calls(history).filter(({ id, planted }) => ids.has(id) && planted === undefined)
    const late = choose(sent, choice)
    const left = withReceipts(
      history,
      history.receipts.filter((record) => !isOf(late, record)),
    )
    expect(findingsOfEvents({ ...left, unfinished: [late.id] })).toMatchObject([
      { kind: 'undelivered', id: late.id },
    ])
  })
})

test('what was acknowledged before Redis lost its disk is not lost, what came later is', () => {
  holds((history, choice) => {
    const ids = acknowledged(history)
    const sent = calls(history).filter(({ id, planted }) => ids.has(id) && planted === undefined)
    const lost = choose(sent, choice)
    const left = withReceipts(
      history,
      history.receipts.filter((record) => !isOf(lost, record)),
    )
    const wiped = (at: number): History => ({ ...left, run: { ...left.run, wipes: [at] } })
    expect(findingsOfEvents(wiped(Infinity))).toEqual([])
    expect(findingsOfEvents(wiped(lost.at))).toMatchObject([{ kind: 'lost', id: lost.id }])
  })
})

test('an event that nobody called, or whose call was refused, is unsent', () => {
  holds((history, choice) => {
    const received = choose(
      operations(history).filter(({ id }) => id !== null),
      choice,
    )
    const stranger = {
      ...received,
      id: 'STRANGER',
      customerId: 'nobody',
      outcome: 'applied' as const,
    }
    expect(findingsOfEvents(repeat(history, received, stranger))).toMatchObject([
      { kind: 'unsent', why: 'never_called', id: 'STRANGER' },
    ])
    const refused = refuse(history, received.id!)
    expect(findingsOfEvents(refused)).toContainEqual(
      expect.objectContaining({ kind: 'unsent', why: 'refused', id: received.id }),
    )
  })
})

/** The same history, but that the event's producer was told that it is not stored. */
function refuse(history: History, id: string): History {
  const { call } = calls(history).find((called) => called.id === id)!
  const producers = history.producers.map(({ process, records }) => {
    if (!records.some((one) => one.call === call)) return { process, records }
    const others = records.filter((one) => one.call !== call || one.kind === 'called')
    return {
      process,
      records: [
        ...others,
        { kind: 'refused' as const, call, at: Infinity, code: 'RELAY_ENQUEUE_REFUSED' },
      ],
    }
  })
  return { ...history, producers }
}

test('an identify or a profile operation that comes again after an answer is doubled', () => {
  holds((history, choice) => {
    const received = choose(answered(history, 'other'), choice)
    const { customerId, request } = received
    expect(findingsOfEvents(repeat(history, received, received))).toMatchObject([
      { kind: 'doubled', why: 'settled', customerId, requests: [request, 1_000_000] },
    ])
  })
})

test('the same is excused where a fault hit the request, but not with another timestamp', () => {
  holds((history, choice) => {
    const received = choose(answered(history, 'other'), choice)
    const { at } = received
    const disturbed = { ...history.run, disturbances: [cutOff(at)] }
    const again = repeat({ ...history, run: disturbed }, received, received)
    expect(findingsOfEvents(again)).toEqual([])
    const former = checkHistory({ ...history, run: disturbed }).summary.repeatedUnknown
    expect(checkHistory(again).summary.repeatedUnknown).toBe(former + 1)
    const later = { ...received, timestamp: received.timestamp! + 1 }
    expect(findingsOfEvents(repeat({ ...history, run: disturbed }, received, later))).toMatchObject(
      [{ kind: 'doubled', why: 'timestamp' }, { kind: 'altered' }],
    )
  })
})

test('a track that is applied twice is doubled, one that the ULID stops is repeated without need', () => {
  holds((history, choice) => {
    const received = choose(answered(history, 'event'), choice)
    expect(findingsOfEvents(repeat(history, received, received))).toMatchObject([
      { kind: 'doubled', id: received.id },
    ])
    const again = repeat(history, received, { ...received, outcome: 'duplicate' })
    expect(findingsOfEvents(again)).toMatchObject([
      { kind: 'repeatedWithoutNeed', id: received.id, requests: [received.request, 1_000_000] },
    ])
    expect(checkHistory(again).summary.repeated).toBe(checkHistory(history).summary.repeated + 1)
  })
})

test('a track may come again where a fault, a failover or a lost disk hit it, and not where one came long after', () => {
  holds((history, choice) => {
    const received = choose(answered(history, 'event'), choice)
    const again = repeat(history, received, { ...received, outcome: 'duplicate' })
    const [fault, late] = [cutOff(received.at), cutOff(received.at + 60_000)]
    const kindsWith = (facts: Partial<RunFacts>): string[] =>
      kinds(findingsOfEvents({ ...again, run: { ...history.run, ...facts } }))
    expect(kindsWith({ disturbances: [fault] })).toEqual([])
    expect(kindsWith({ failovers: [fault] })).toEqual([])
    expect(kindsWith({ wipes: [received.at] })).toEqual([])
    expect(kindsWith({ disturbances: [late], failovers: [late], wipes: [late.from] })).toEqual([
      'repeatedWithoutNeed',
    ])
  })
})

/** Redis is away from all workers for a moment. */
function cutOff(at: number): Disturbance {
  return { from: at, until: at, kind: 'cut_off', host: null }
}

/** The last that was applied of each event, by an answered request. */
function answered(history: History, kind: 'event' | 'other'): ReceivedOperation[] {
  const good = new Set(
    history.receipts.flatMap((one) =>
      one.kind === 'ended' && one.ending === '200' ? [one.request] : [],
    ),
  )
  return operations(history).filter(
    ({ action, outcome, request }) =>
      outcome === 'applied' && good.has(request) && (action === 'event') === (kind === 'event'),
  )
}
