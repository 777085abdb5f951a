// A call before it is checked. The methods of the producer and the entries of `enqueue` become the same draft, so that
// there is one set of rules.

import { EVENT_OPS, RelayError, typeName } from '@retention-relay/events'
import type { EventOp } from '@retention-relay/events'

/** What the caller said about the event, unchecked. */
export interface DraftOptions {
  readonly id?: unknown
  readonly occurredAt?: unknown
  readonly idempotencyKey?: unknown
}

/** A call, unchecked. */
export interface Draft {
  readonly op: EventOp
  readonly customerId: unknown
  /** By op: `{ name, data }`, the attributes, `{ into }`, the device, `{ token }`, or nothing. */
  readonly body: unknown
  readonly options: DraftOptions
}

/**
 * The draft of one entry of `enqueue`.
 *
 * @throws RelayError `RELAY_EVENT_INVALID` when it is not an object with a known `op`.
 */
export function draftOf(input: unknown): Draft {
  if (typeof input !== 'object' || input === null) {
    throw invalid(`The entry is ${typeName(input)}; give an object with op and customerId.`)
  }
  const entry = input as Record<string, unknown>
  const op = entry['op'] as EventOp
  if (!EVENT_OPS.includes(op)) throw invalid(`op is none of ${EVENT_OPS.join(', ')}.`)
  return { op, customerId: entry['customerId'], body: bodyOf(op, entry), options: entry }
}

function bodyOf(op: EventOp, entry: Record<string, unknown>): unknown {
  switch (op) {
    case 'track':
      return { name: entry['name'], data: entry['data'] }
    case 'identify':
      return entry['attributes']
    case 'merge':
      return { into: entry['into'] }
    case 'add_device':
      return entry['device']
    case 'delete_device':
      return { token: entry['token'] }
    case 'delete':
    case 'suppress':
    case 'unsuppress':
      return undefined
  }
}

function invalid(message: string): RelayError {
  return new RelayError('RELAY_EVENT_INVALID', message)
}
