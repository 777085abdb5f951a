// Which id an event gets: the caller's own, one derived from an idempotency key, or a new one. The derived one is what
// makes a hundred webhooks of one order one event.

import { deriveId, isUlid, RelayError, typeName } from '@retention-relay/events'
import type { EventOp } from '@retention-relay/events'

/** What decides an event's id. */
export interface IdSource {
  readonly namespace: string
  readonly op: EventOp
  /** The event's name, or its kind. */
  readonly label: string
  readonly customerId: string
  /** Given by the caller. */
  readonly id: unknown
  /** Given by the caller. */
  readonly idempotencyKey: unknown
  /** What the event's definition says, where it says something. */
  readonly definedKey: unknown
}

/** @throws RelayError `RELAY_EVENT_ID`. */
export function chooseId(source: IdSource, nextUlid: () => string): string {
  const { id, idempotencyKey } = source
  if (id !== undefined && idempotencyKey !== undefined) {
    throw fault('id and idempotencyKey are both given', 'Give one of them.')
  }
  if (id !== undefined) return explicitId(id)
  const key = idempotencyKey ?? source.definedKey
  return key === undefined ? nextUlid() : derivedId(source, key)
}

function explicitId(id: unknown): string {
  if (isUlid(id)) return id
  const what = typeof id === 'string' ? 'is not a ULID' : `is ${typeName(id)}`
  throw fault(
    `id ${what}`,
    'Leave it out, give a ULID (26 characters, upper case), or give an idempotencyKey.',
  )
}

/**
 * A `track` is one business event whoever's it is: an order that is told under the guest's and the account's id is one
 * order. Anything else changes one customer, so its key counts for that customer alone.
 */
function derivedId(source: IdSource, key: unknown): string {
  if (typeof key !== 'string' || key === '') {
    const what = typeof key === 'string' ? 'empty' : typeName(key)
    throw fault(`idempotencyKey is ${what}`, 'Give a string, for instance the order number.')
  }
  const scoped = source.op === 'track' ? key : `${source.customerId}\0${key}`
  return deriveId(source.namespace, source.label, scoped)
}

function fault(what: string, remedy: string): RelayError {
  return new RelayError('RELAY_EVENT_ID', `The ${what}. ${remedy}`)
}
