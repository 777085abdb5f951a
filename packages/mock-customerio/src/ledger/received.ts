// The answer to "what did you apply, in which order?": compact records turned back into words.
import { ACTIONS, type Action } from '../track/operation.ts'
import type { Ledger } from './ledger.ts'

/** One operation that was applied or found duplicate. */
export interface ReceivedOperation {
  customerId: string
  action: Action
  /** Event name; of a merge, the person that the customer was merged into. */
  name: string | null
  /** Event id as sent. */
  id: string | null
  /** Unix seconds as sent; `null` when there was none or it was no number. */
  timestamp: number | null
  /** When the complete request was there, ms since 1970. */
  receivedAt: number
  /** Number of the request, from 1 up in order of arrival. */
  requestNumber: number
  /** Place in the batch; `null` outside a batch. */
  batchIndex: number | null
  /** The id had been applied before: answered with 2xx, not applied again. */
  duplicate: boolean
  /** Only where asked for, and only for the last `keepPayloads` operations. */
  attributes?: Record<string, unknown> | null
}

export interface ReceivedQuery {
  customerId?: string
  /** Add the attributes to those whose payload is still kept. */
  attributes?: boolean
  /** At most so many, the newest; all by default. */
  limit?: number
}

/** In order of arrival. */
export function readReceived(ledger: Ledger, query: ReceivedQuery): ReceivedOperation[] {
  const serials = [...serialsOf(ledger, query.customerId)]
  const kept = serials.slice(Math.max(0, serials.length - (query.limit ?? Infinity)))
  const payloads = query.attributes === true ? payloadsBySerial(ledger) : null
  return kept.map((serial) => {
    const operation = read(ledger, serial)
    const attributes = payloads?.get(serial)
    return attributes === undefined ? operation : { ...operation, attributes }
  })
}

function serialsOf(ledger: Ledger, customerId: string | undefined): Iterable<number> {
  if (customerId === undefined) return ledger.records.serials()
  const track = ledger.customers.find(customerId)
  return track === undefined ? [] : ledger.records.serials(track.index)
}

function read(ledger: Ledger, serial: number): ReceivedOperation {
  const record = ledger.records.at(serial)
  return {
    customerId: ledger.customers.idAt(record.customer),
    action: ACTIONS[record.action] ?? 'event',
    name: ledger.names.name(record.name),
    id: record.id,
    timestamp: Number.isNaN(record.timestamp) ? null : record.timestamp,
    receivedAt: record.receivedAtMs,
    requestNumber: record.requestNumber,
    batchIndex: record.batchIndex < 0 ? null : record.batchIndex,
    duplicate: record.duplicate,
  }
}

function payloadsBySerial(ledger: Ledger): Map<number, Record<string, unknown> | null> {
  const payloads = new Map<number, Record<string, unknown> | null>()
  for (const { serial, attributes } of ledger.recent.newest(Infinity)) {
    if (serial >= 0) payloads.set(serial, attributes)
  }
  return payloads
}
