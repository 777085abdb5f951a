// From a call to an event that may be stored. Every rule is checked here, before the event costs anything, and what was
// checked is what is stored, since the event leaves as text. Whatever is wrong hits this caller alone.

import {
  encodeOperation,
  limitFault,
  limitMessage,
  LIMITS,
  RelayError,
} from '@retention-relay/events'
import type {
  JsonObject,
  LimitFault,
  RelayEvent,
  TimeRules,
  Tombstones,
} from '@retention-relay/events'

import { checkCustomerId } from './customer-id.ts'
import type { Draft } from './draft.ts'
import { checkBody } from './event-body.ts'
import type { BodyRules } from './event-body.ts'
import { chooseId } from './event-id.ts'
import { checkOccurredAt } from './occurred-at.ts'

/** What the rules need. */
export interface EventRules extends BodyRules {
  readonly namespace: string
  readonly time: TimeRules
  readonly nextUlid: () => string
  /** Wall clock in milliseconds. */
  readonly now: () => number
}

/** An event that may be stored. */
export interface PreparedEvent {
  readonly id: string
  readonly customerId: string
  /** Milliseconds since 1970. */
  readonly occurredAt: number
  /** Its JSON. */
  readonly text: string
  /** UTF-8 bytes of the text. */
  readonly bytes: number
  /** Its time was ahead of the clock and was set to now. */
  readonly clamped: boolean
  /** It does not match its definition and is stored all the same. */
  readonly tolerated: boolean
  /** What must stand in Redis before it is stored; null for most events. */
  readonly tombstones: Tombstones | null
}

/** @throws RelayError `RELAY_EVENT_…`. */
export function prepareEvent(draft: Draft, rules: EventRules): PreparedEvent {
  const customerId = checkCustomerId(draft.customerId, rules.allowCustomerIds)
  const { fields, label, definedKey, tolerated = false } = checkBody(draft, rules)
  const { occurredAt, clamped } = checkOccurredAt(draft.options.occurredAt, rules.now())
  const { id: givenId, idempotencyKey } = draft.options
  // Written out: a spread of the rules costs as much as all the checks.
  const source = {
    namespace: rules.namespace,
    op: draft.op,
    label,
    customerId,
    id: givenId,
    idempotencyKey,
    definedKey,
  }
  const id = chooseId(source, rules.nextUlid)
  const event = { id, customerId, occurredAt, ...fields } as unknown as RelayEvent
  const head = `{"id":"${id}","customerId":${JSON.stringify(customerId)},"occurredAt":${occurredAt},`
  const text = head + encode(fields, label).slice(1)
  const bytes = Buffer.byteLength(text, 'utf8')
  checkLimits(event, bytes, label)
  const tombstones = event.op === 'track' ? rules.time.tombstonesOf(event) : null
  return { id, customerId, occurredAt, text, bytes, clamped, tolerated, tombstones }
}

function encode(fields: JsonObject, label: string): string {
  try {
    return JSON.stringify(fields)
  } catch {
    // A BigInt, a cycle, or a toJSON that throws, in a field whose schema takes anything.
    throw new RelayError('RELAY_EVENT_INVALID', `${label} cannot be written as JSON.`)
  }
}

/** An operation is at most this much longer than the event in the job: the words around the same fields. */
export const OPERATION_OVERHEAD_BYTES = 128

function checkLimits(event: RelayEvent, bytes: number, label: string): void {
  const isSmall = bytes + OPERATION_OVERHEAD_BYTES <= LIMITS.operationBytes
  const fault = limitFault(event, isSmall ? '' : encodeOperation(event))
  if (fault !== null) throw tooLarge(fault, label)
}

function tooLarge(fault: LimitFault, label: string): RelayError {
  const { field, limit, size, unit } = fault
  return new RelayError('RELAY_EVENT_TOO_LARGE', `${label}: ${limitMessage(fault)}.`, {
    details: { field: field.slice(0, 200), limit, size, unit },
  })
}
