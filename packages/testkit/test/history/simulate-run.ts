// A history of a run in which everything went as it should, made from a plan: what a relay without faults would have
// left behind. Calls overlap, some are refused and some have an unknown end; requests are repeated after an unknown
// outcome; some events die of what was planted in them. The tests then spoil it in one place.

import type { DeadReason, EventOp } from '@retention-relay/events'

import { ALIVE } from './small-run.ts'
import type {
  CalledRecord,
  DeadLetterLine,
  History,
  ProducerRecord,
  ReceiptRecord,
  ReceivedOperation,
} from '../../src/index.ts'

export interface PlannedCall {
  readonly customer: number
  readonly process: number
  readonly op: EventOp
  readonly end: 'acknowledged' | 'refused' | 'stored' | 'not_stored' | 'killed'
  /** The call begins before the former one has ended. */
  readonly overlaps: boolean
  readonly planted: DeadReason | null
  /** Its request ends without an answer and is made again. */
  readonly unanswered: boolean
}

const START = 1_796_000_000_000
const STEP_MS = 5
const BATCH_CUSTOMERS = 3

interface Simulation {
  at: number
  request: number
  readonly producers: ProducerRecord[][]
  readonly receipts: ReceiptRecord[]
  readonly deadLetters: DeadLetterLine[]
  /** By customer, oldest first. */
  readonly queues: Map<string, Queued[]>
  readonly taken: Set<string>
  accepted: number
}

interface Queued {
  readonly called: CalledRecord
  readonly unanswered: boolean
}

/** Calls first, then the delivery, or both by turns when `deliverEvery` is small. */
export function simulateRun(plan: readonly PlannedCall[], deliverEvery: number): History {
  const run: Simulation = {
    at: START,
    request: 0,
    producers: [[], [], []],
    receipts: [],
    deadLetters: [],
    queues: new Map(),
    taken: new Set(),
    accepted: 0,
  }
  let endLast = (): void => undefined
  plan.forEach((planned, index) => {
    if (!planned.overlaps) endLast()
    const end = call(run, planned, index)
    if (planned.overlaps) endLast()
    endLast = end
    if (index % deliverEvery === 0) deliverOnce(run)
  })
  endLast()
  while (deliverOnce(run)) continue
  return historyOf(run)
}

function call(run: Simulation, planned: PlannedCall, index: number): () => void {
  const records = run.producers[planned.process]!
  const called = calledRecord(planned, index, tick(run))
  records.push(called)
  if (planned.end !== 'refused' && planned.end !== 'not_stored') {
    const queue = run.queues.get(called.customerId) ?? []
    run.queues.set(called.customerId, [...queue, { called, unanswered: planned.unanswered }])
    run.accepted += 1
  }
  return () => {
    const [at, { call: number }] = [tick(run), called]
    if (planned.end === 'acknowledged') records.push({ kind: 'acknowledged', call: number, at })
    else if (planned.end === 'refused') {
      records.push({ kind: 'refused', call: number, at, code: 'RELAY_ENQUEUE_REFUSED' })
    } else if (planned.end !== 'killed') {
      records.push({ kind: 'unknown', call: number, at, code: 'RELAY_ENQUEUE_UNKNOWN' })
    }
  }
}

function calledRecord({ customer, op, planted }: PlannedCall, index: number, at: number) {
  return {
    kind: 'called',
    call: index,
    at,
    id: `E${String(index).padStart(25, '0')}`,
    customerId: `cus_${customer}`,
    op,
    name: op === 'track' ? 'order_placed' : '',
    occurredAt: at,
    mark: op === 'track' ? '' : `mark-${index}`,
    ...(planted === null ? {} : { planted }),
  } satisfies CalledRecord
}

/** One request with the oldest event of some customers; false when there is none left. */
function deliverOnce(run: Simulation): boolean {
  const batch = [...run.queues.values()].flatMap((queue) => queue.slice(0, 1))
  const sent = batch.slice(0, BATCH_CUSTOMERS)
  if (sent.length === 0) return false
  if (sent.some(({ unanswered }) => unanswered)) request(run, sent, 'left')
  request(run, sent, '200')
  for (const { called } of sent) {
    const left = run.queues.get(called.customerId)!.slice(1)
    if (left.length === 0) run.queues.delete(called.customerId)
    else run.queues.set(called.customerId, left)
    if (called.planted !== undefined) run.deadLetters.push(deadLetter(called, tick(run)))
  }
  return true
}

function request(run: Simulation, sent: readonly Queued[], ending: string): void {
  run.request += 1
  run.receipts.push({ kind: 'opened', request: run.request, at: tick(run) })
  const at = tick(run)
  sent.forEach(({ called }, index) => {
    run.receipts.push(operation(run, called, { request: run.request, index, at }))
    if (called.planted === undefined) run.taken.add(called.id)
  })
  run.receipts.push({ kind: 'ended', request: run.request, at: tick(run), ending })
}

function operation(
  run: Simulation,
  called: CalledRecord,
  place: Pick<ReceivedOperation, 'request' | 'index' | 'at'>,
): ReceivedOperation {
  const isTrack = called.op === 'track'
  const isRepeated = isTrack && run.taken.has(called.id)
  const accepted = isRepeated ? 'duplicate' : 'applied'
  return {
    kind: 'operation',
    ...place,
    action: isTrack ? 'event' : called.op,
    customerId: called.customerId,
    id: isTrack ? called.id : null,
    name: isTrack ? called.name : null,
    timestamp: Math.floor(called.occurredAt / 1000),
    mark: called.planted === undefined ? called.mark : '', // As the mock has it of a refused one.
    outcome: called.planted === undefined ? accepted : 'rejected',
  }
}

function deadLetter({ id, planted }: CalledRecord, diedAt: number): DeadLetterLine {
  return { id, reason: planted!, maybeDelivered: false, diedAt }
}

function historyOf(run: Simulation): History {
  return {
    run: { rateLimit: 1_000, workers: [ALIVE, ALIVE], disturbances: [], wipes: [], failovers: [] },
    producers: run.producers.map((records, index) => ({ process: `producer-${index}`, records })),
    receipts: run.receipts,
    deadLetters: run.deadLetters,
    unfinished: [],
    counts: {
      accepted: run.accepted,
      delivered: run.taken.size,
      duplicate: 0,
      dead: run.deadLetters.length,
      pending: 0,
      dedupeIds: run.taken.size,
    },
  }
}

function tick(run: Simulation): number {
  run.at += STEP_MS
  return run.at
}
