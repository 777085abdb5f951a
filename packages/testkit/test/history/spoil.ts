// What the tests of the checker share: arbitrary histories without a fault, and the tools to plant one.

import type { EventOp } from '@retention-relay/events'
import * as fc from 'fast-check'

import { checkHistory } from '../../src/index.ts'
import type {
  CalledRecord,
  Finding,
  History,
  ReceiptRecord,
  ReceivedOperation,
} from '../../src/index.ts'
import { simulateRun } from './simulate-run.ts'
import type { PlannedCall } from './simulate-run.ts'

const OPS: readonly EventOp[] = ['track', 'track', 'identify', 'delete', 'add_device']

const plannedCall: fc.Arbitrary<PlannedCall> = fc.record({
  customer: fc.nat(3),
  process: fc.nat(2),
  op: fc.constantFrom(...OPS),
  end: fc.constantFrom('acknowledged', 'acknowledged', 'refused', 'stored', 'not_stored', 'killed'),
  overlaps: fc.boolean(),
  planted: fc.constantFrom(null, null, null, 'rejected' as const),
  unanswered: fc.constantFrom(false, false, true),
})

/** Every run has one that is acknowledged. */
const FIRST: PlannedCall = {
  customer: 4,
  process: 0,
  op: 'track',
  end: 'acknowledged',
  overlaps: false,
  planted: null,
  unanswered: false,
}

/** Histories of runs in which everything went as it should. */
const correctHistory: fc.Arbitrary<History> = fc
  .tuple(fc.array(plannedCall, { minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 50 }))
  .map(([plan, deliverEvery]) => simulateRun([FIRST, ...plan], deliverEvery))

/** A correct history, and a number by which a test chooses where to spoil it. */
const historyAndChoice: fc.Arbitrary<[History, number]> = fc.tuple(correctHistory, fc.nat())

/** One of the candidates; a history without any is thrown away. */
export function choose<T>(candidates: readonly T[], choice: number): T {
  fc.pre(candidates.length > 0)
  return candidates[choice % candidates.length]!
}

export function calls({ producers }: History): CalledRecord[] {
  return producers.flatMap(({ records }) =>
    records.flatMap((record) => (record.kind === 'called' ? [record] : [])),
  )
}

/** Ids of acknowledged events. */
export function acknowledged({ producers }: History): Set<string> {
  const ids = producers.flatMap(({ records }) => {
    const ends = new Set(records.flatMap((end) => (end.kind === 'acknowledged' ? [end.call] : [])))
    return records.flatMap((one) => (one.kind === 'called' && ends.has(one.call) ? [one.id] : []))
  })
  return new Set(ids)
}

/** Whether the operation is the event. */
export function isOf({ id, op, mark }: CalledRecord, record: ReceiptRecord): boolean {
  if (record.kind !== 'operation') return false
  return op === 'track' ? record.id === id : record.action === op && record.mark === mark
}

export function operations({ receipts }: History): ReceivedOperation[] {
  return receipts.flatMap((record) => (record.kind === 'operation' ? [record] : []))
}

export function withReceipts(history: History, receipts: readonly ReceiptRecord[]): History {
  return { ...history, receipts }
}

/** Puts the same operation into a request of its own, right behind the end of the request that brought it. */
export function repeat(
  history: History,
  { request }: ReceivedOperation,
  again: ReceivedOperation,
): History {
  const number = 1_000_000
  const end = history.receipts.findIndex(
    (record) => record.kind === 'ended' && record.request === request,
  )
  const { at } = history.receipts[end]!
  return withReceipts(history, [
    ...history.receipts.slice(0, end + 1),
    { kind: 'opened', request: number, at },
    { ...again, request: number, index: 0, at },
    { kind: 'ended', request: number, at, ending: '200' },
    ...history.receipts.slice(end + 1),
  ])
}

export function findingsOf(history: History): readonly Finding[] {
  return checkHistory(history).findings
}

/** Without the sums: what goes wrong with an event shows in them as well. */
export function findingsOfEvents(history: History): readonly Finding[] {
  return findingsOf(history).filter(({ kind }) => kind !== 'countFault')
}

/** Runs the check on many histories without a fault. */
export function holds(check: (history: History, choice: number) => void): void {
  fc.assert(
    fc.property(historyAndChoice, ([history, choice]) => check(history, choice)),
    { numRuns: 300 },
  )
}

export function kinds(findings: readonly Finding[]): string[] {
  return findings.map(({ kind }) => kind)
}
