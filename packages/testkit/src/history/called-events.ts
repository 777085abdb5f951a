// The producers' side of a history, call by call turned into events: calls with one id are one event, whoever made them
// and however often. What the checks need of an event is where its first copy may stand in the queue: not before its
// first call that was not refused, and not after its first acknowledged one.

import type { DeadReason, EventOp } from '@retention-relay/events'

import type { ProducerHistory } from './history.ts'
import type { CalledRecord, CallEnd } from './records.ts'

/** A call's place among the calls of its process, in their order. */
export interface Place {
  readonly process: string
  readonly place: number
}

/** A call that may have stored its event: what it said of it, and how long it was under way. */
export interface MadeCall {
  readonly customerId: string
  readonly name: string
  readonly occurredAt: number
  readonly calledAt: number
  /** Null where it was not acknowledged. */
  readonly acknowledgedAt: number | null
}

export interface CalledEvent {
  readonly id: string
  readonly customerId: string
  readonly op: EventOp
  readonly mark: string
  planted: DeadReason | null
  /** When its first call that was not refused began; Infinity when each was refused. */
  storedFrom: number
  /** Its first call that was not refused; null when there is none, or when such calls were made by several processes. */
  firstPlace: Place | null
  /** The call that stored it at the latest: the first acknowledged one, else the last one, if no other process called it. */
  lastPlace: Place | null
  /** When its first acknowledgement came, and its last one; null when none did. */
  acknowledgedAt: number | null
  acknowledgedLast: number | null
  /** Those that were not refused. */
  readonly calls: MadeCall[]
}

/** A call and how it ended. */
interface Call extends Place {
  readonly called: CalledRecord
  end: CallEnd | null
}

/** Events by their ids, in order of their first calls in each file. */
export function calledEvents(producers: readonly ProducerHistory[]): Map<string, CalledEvent> {
  const events = new Map<string, CalledEvent>()
  for (const producer of producers) {
    for (const call of callsOf(producer)) note(events, call)
  }
  return events
}

function callsOf({ process, records }: ProducerHistory): Call[] {
  const calls: Call[] = []
  const open = new Map<number, Call>()
  for (const record of records) {
    if (record.kind === 'called') {
      const call = { process, place: calls.length, called: record, end: null }
      open.set(record.call, call)
      calls.push(call)
      continue
    }
    const call = open.get(record.call)
    if (call === undefined) throw new Error(`${process}: call ${record.call} ends and is not open`)
    call.end = record
    open.delete(record.call)
  }
  return calls
}

function note(events: Map<string, CalledEvent>, call: Call): void {
  const { id, planted } = call.called
  let event = events.get(id)
  if (event === undefined) {
    event = newEvent(call.called)
    events.set(id, event)
  }
  event.planted ??= planted ?? null
  if (call.end?.kind !== 'refused') notePossible(event, call)
}

function newEvent({ id, customerId, op, mark }: CalledRecord): CalledEvent {
  return {
    id,
    customerId,
    op,
    mark,
    planted: null,
    storedFrom: Infinity,
    firstPlace: null,
    lastPlace: null,
    acknowledgedAt: null,
    acknowledgedLast: null,
    calls: [],
  }
}

function notePossible(event: CalledEvent, call: Call): void {
  event.calls.push(madeCall(call))
  const isFirst = event.storedFrom === Infinity
  event.storedFrom = Math.min(event.storedFrom, call.called.at)
  if (isFirst) event.firstPlace = call
  else if (event.firstPlace?.process !== call.process) event.firstPlace = null
  if (call.end?.kind === 'acknowledged') noteAcknowledged(event, call, call.end.at)
  else if (event.acknowledgedAt === null) event.lastPlace = event.firstPlace && call
}

function madeCall({ called, end }: Call): MadeCall {
  const { customerId, name, occurredAt, at: calledAt } = called
  const acknowledgedAt = end?.kind === 'acknowledged' ? end.at : null
  return { customerId, name, occurredAt, calledAt, acknowledgedAt }
}

function noteAcknowledged(event: CalledEvent, call: Call, at: number): void {
  if (event.acknowledgedAt === null || at < event.acknowledgedAt) {
    event.acknowledgedAt = at
    event.lastPlace = call
  }
  event.acknowledgedLast = Math.max(event.acknowledgedLast ?? at, at)
}
