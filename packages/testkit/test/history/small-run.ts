// Small histories written by hand, for the tests that need an exact number of operations, or of milliseconds.

import type { CalledRecord, History, Period, ReceiptRecord } from '../../src/index.ts'

/** Of a worker that is there all the time. */
export const ALIVE: Period = { from: 0, until: Infinity }

export function trackOf(customerId: string, index: number, at: number) {
  return {
    kind: 'called',
    call: index,
    at,
    id: `T${index}`,
    customerId,
    op: 'track',
    name: 'x',
    occurredAt: at,
    mark: '',
  } as const
}

export function received(called: CalledRecord, request: number, at: number) {
  const { op, id, customerId, name, mark, occurredAt } = called
  const isTrack = op === 'track'
  return {
    kind: 'operation',
    request,
    index: 0,
    at,
    action: isTrack ? 'event' : op,
    customerId,
    id: isTrack ? id : null,
    name: isTrack ? name : null,
    timestamp: Math.floor(occurredAt / 1000),
    mark,
    outcome: 'applied',
  } as const
}

/** A run of these events, each acknowledged and delivered. */
export function runOf(
  events: readonly CalledRecord[],
  receipts: readonly ReceiptRecord[],
): History {
  const ends = events.map(({ call, at }) => ({ kind: 'acknowledged', call, at }) as const)
  return {
    run: { rateLimit: 1_000, workers: [ALIVE], disturbances: [], wipes: [], failovers: [] },
    producers: [{ process: 'producer-1', records: [...events, ...ends] }],
    receipts,
    deadLetters: [],
    unfinished: [],
    counts: {
      accepted: events.length,
      delivered: events.length,
      duplicate: 0,
      dead: 0,
      pending: 0,
    },
  }
}
