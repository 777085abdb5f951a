// The destination's side of a history: requests with their beginning and end, and what each brought, every operation
// together with the event that it is. A line's number in the file is its place in time: it orders what happened in the
// mock exactly, which its clock does not.

import type { CalledEvent } from './called-events.ts'
import type { ReceiptRecord, ReceivedOperation, RequestOpened } from './records.ts'

export interface SentRequest {
  readonly number: number
  /** Whose it is, where it is known. */
  readonly host: string | null
  readonly openedAt: number
  readonly openedLine: number
  /** Line of its first operation, applied or not; Infinity while it has brought none. */
  operationsLine: number
  /** Infinity while it is open; so is the line. */
  endedAt: number
  endedLine: number
  /** Null while it is open. */
  ending: string | null
  readonly operations: Received[]
  /** What it carried to no effect. */
  readonly unapplied: ReceivedOperation[]
}

/** One operation that arrived. */
export interface Received {
  readonly operation: ReceivedOperation
  readonly request: SentRequest
  /** Null where nobody called it. */
  readonly event: CalledEvent | null
  /**
   * `taken`: it had an effect, or would have had one on a person who is not suppressed. `repeated`: a track that had
   * been taken before, so its ULID stops it. `refused`: named in a 400 or 207.
   */
  readonly effect: 'taken' | 'repeated' | 'refused'
}

export interface Traffic {
  readonly requests: readonly SentRequest[]
  /** In the order of application. */
  readonly received: readonly Received[]
  /** What was taken of each event, oldest first. */
  readonly takenOf: ReadonlyMap<CalledEvent, readonly Received[]>
}

export function readTraffic(
  receipts: readonly ReceiptRecord[],
  events: ReadonlyMap<string, CalledEvent>,
): Traffic {
  const marked = eventsByMark(events)
  const requests = new Map<number, SentRequest>()
  const received: Received[] = []
  const takenOf = new Map<CalledEvent, Received[]>()
  receipts.forEach((record, line) => {
    if (record.kind === 'opened') {
      requests.set(record.request, newRequest(record, line))
      return
    }
    const request = requests.get(record.request)
    if (request === undefined) throw new Error(`receipts: request ${record.request} is not open`)
    if (record.kind === 'ended') {
      Object.assign(request, { endedAt: record.at, endedLine: line, ending: record.ending })
      return
    }
    request.operationsLine = Math.min(request.operationsLine, line)
    if (record.outcome === 'unapplied') {
      request.unapplied.push(record)
      return
    }
    const event = eventOf(record, events, marked)
    const taken = event === null ? [] : (takenOf.get(event) ?? [])
    const operation = { operation: record, request, event, effect: effectOf(record, taken) }
    request.operations.push(operation)
    received.push(operation)
    if (event === null || operation.effect !== 'taken') return
    if (taken.push(operation) === 1) takenOf.set(event, taken)
  })
  return { requests: [...requests.values()], received, takenOf }
}

function newRequest({ request, at, host }: RequestOpened, openedLine: number): SentRequest {
  const open = { operationsLine: Infinity, endedAt: Infinity, endedLine: Infinity, ending: null }
  const content = { operations: [], unapplied: [] }
  return { number: request, host: host ?? null, openedAt: at, openedLine, ...open, ...content }
}

/** A suppressed track has a ULID as well, though the mock does not look at it. */
function effectOf(
  { action, outcome }: ReceivedOperation,
  taken: readonly Received[],
): Received['effect'] {
  if (outcome === 'rejected') return 'refused'
  if (outcome === 'duplicate') return 'repeated'
  return action === 'event' && taken.length > 0 && outcome !== 'applied' ? 'repeated' : 'taken'
}

function eventOf(
  { action, customerId, id, mark }: ReceivedOperation,
  events: ReadonlyMap<string, CalledEvent>,
  marked: ReadonlyMap<string, CalledEvent>,
): CalledEvent | null {
  if (action === 'event') return events.get(id ?? '') ?? null
  return marked.get(markKey(action, customerId, mark)) ?? null
}

/** What is not a track, by what the mock knows of it. */
function eventsByMark(events: ReadonlyMap<string, CalledEvent>): Map<string, CalledEvent> {
  const marked = new Map<string, CalledEvent>()
  for (const event of events.values()) {
    if (event.op === 'track') continue
    const key = markKey(event.op, event.customerId, event.mark)
    const other = marked.get(key)
    if (other !== undefined) {
      throw new Error(`${other.id} and ${event.id} cannot be told apart: one op, customer and mark`)
    }
    marked.set(key, event)
  }
  return marked
}

function markKey(op: string, customerId: string, mark: string): string {
  return `${op}\n${customerId}\n${mark}`
}
