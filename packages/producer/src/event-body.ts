// What an event says, checked against the tracking plan. For each kind: what goes into the job, what people call it,
// and which idempotency key its definition gives it.

import {
  attributesVersion,
  checkData,
  checkMessage,
  findDefinition,
  isRetired,
  RelayError,
  typeName,
} from '@retention-relay/events'
import type {
  Checks,
  EventDefinition,
  JsonObject,
  ObjectSchema,
  TrackingPlan,
} from '@retention-relay/events'

import { checkCustomerId } from './customer-id.ts'
import type { CustomerIdKind } from './customer-id.ts'
import { deviceSchema, deviceTokenSchema } from './device.ts'
import type { Draft } from './draft.ts'

/** What the rules need. */
export interface BodyRules {
  readonly plan: TrackingPlan
  readonly allowCustomerIds: readonly CustomerIdKind[]
}

/** A checked body. */
export interface EventBody {
  /** The event's own fields in the job, `op` included. */
  readonly fields: JsonObject
  /** The event's name, or its kind. */
  readonly label: string
  /** Idempotency key of the definition, where there is one. */
  readonly definedKey?: unknown
  /** It does not match its definition, which wants it delivered all the same. */
  readonly tolerated?: boolean
}

/** @throws RelayError `RELAY_EVENT_INVALID`, `RELAY_EVENT_UNKNOWN_NAME`, `RELAY_EVENT_CUSTOMER_ID`. */
export function checkBody(draft: Draft, rules: BodyRules): EventBody {
  const { op, body } = draft
  switch (op) {
    case 'track':
      return trackBody(body, rules.plan)
    case 'identify': {
      const { schema, checks } = rules.plan.attributes
      const { data, tolerated } = check(body, { schema, checks, what: op, root: 'attributes' })
      const version = attributesVersion(rules.plan)
      return { fields: { op, attributes: data, version }, label: op, tolerated }
    }
    case 'merge':
      return mergeBody(draft, rules)
    case 'add_device': {
      const device = check(body, { schema: deviceSchema, what: op, root: 'device' }).data
      return { fields: { op, device }, label: op }
    }
    case 'delete_device': {
      const device = check(body, { schema: deviceTokenSchema, what: op, root: 'device' }).data
      return { fields: { op, device }, label: op }
    }
    case 'delete':
    case 'suppress':
    case 'unsuppress':
      return { fields: { op }, label: op }
  }
}

function trackBody(body: unknown, plan: TrackingPlan): EventBody {
  const { name, data } = (body ?? {}) as { name?: unknown; data?: unknown }
  if (typeof name !== 'string') {
    throw new RelayError('RELAY_EVENT_INVALID', `The event's name is ${typeName(name)}.`)
  }
  const definition = findDefinition(plan, name)
  if (definition === undefined) return unknownBody(name, data, plan)
  const { schema, checks, version } = definition
  const { data: checked, tolerated } = check(data, { schema, checks, what: name, root: 'data' })
  const fields = { op: 'track', name, data: checked, version }
  return { fields, label: name, definedKey: keyOf(definition, checked), tolerated }
}

/** An event that the plan does not name. */
function unknownBody(name: string, data: unknown, plan: TrackingPlan): EventBody {
  if (plan.unknownEvents === 'strict' || isRetired(plan, name)) throw unknownName(name, plan)
  const fields = { op: 'track', name, data: objectOf(data, name, 'data') }
  return { fields, label: name, tolerated: plan.unknownEvents === 'warn' }
}

/** What is stored of a value, by how strictly it is checked. */
function check(
  value: unknown,
  rules: {
    readonly schema: ObjectSchema
    readonly checks?: Checks | undefined
    readonly what: string
    readonly root: string
  },
): { readonly data: Record<string, unknown>; readonly tolerated: boolean } {
  const { schema, checks = 'strict', what, root } = rules
  if (checks === 'off') return { data: objectOf(value, what, root), tolerated: false }
  const checked = checkData(schema, value, root)
  if (checked.kind === 'valid') return { data: checked.data, tolerated: false }
  if (checks === 'warn') return { data: objectOf(value, what, root), tolerated: true }
  const details = checked.kind === 'invalid' ? { details: { faults: checked.faults } } : {}
  throw new RelayError('RELAY_EVENT_INVALID', checkMessage(what, checked), details)
}

/** However loosely it is checked, the job format has an object there. As it is stored: the worker makes tombstones of that. */
function objectOf(value: unknown, what: string, root: string): Record<string, unknown> {
  const stored = storedForm(value)
  if (typeof stored === 'object' && stored !== null && !Array.isArray(stored)) {
    return stored as Record<string, unknown>
  }
  const message = `${what} does not match its definition. ${root}: expected object (it is ${typeName(value)}).`
  throw new RelayError('RELAY_EVENT_INVALID', message)
}

function storedForm(value: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(value))
  } catch {
    // Refused with its own sentence when it is written.
    return value
  }
}

/** What the definition makes of the data; checked with the caller's own key where data is checked. */
function keyOf(definition: EventDefinition, data: Record<string, unknown>): unknown {
  const { name, checks = 'strict', idempotencyKey } = definition
  try {
    const key: unknown = idempotencyKey?.of(data)
    return checks === 'strict' || isFilled(key) ? key : undefined
  } catch (error) {
    // A key that is none, of data that may be anything, is no fault of a call that is to be delivered all the same.
    if (checks !== 'strict') return undefined
    const what = error instanceof Error ? error.name : 'an error'
    throw new RelayError('RELAY_EVENT_INVALID', `The idempotency key of ${name} threw ${what}.`)
  }
}

function isFilled(key: unknown): key is string {
  return typeof key === 'string' && key !== ''
}

function mergeBody(draft: Draft, rules: BodyRules): EventBody {
  const { into } = (draft.body ?? {}) as { into?: unknown }
  const primaryId = checkCustomerId(into, rules.allowCustomerIds, 'id to merge into')
  if (primaryId === draft.customerId) {
    throw new RelayError('RELAY_EVENT_INVALID', 'A customer cannot be merged into itself.')
  }
  return { fields: { op: 'merge', primaryId }, label: 'merge' }
}

const MAX_NAMES = 30

function unknownName(name: string, plan: TrackingPlan): RelayError {
  const known = Object.keys(plan.events).slice(0, MAX_NAMES).join(', ')
  const has = isRetired(plan, name) ? 'has retired' : 'has no event'
  const message = `The tracking plan ${has} ${JSON.stringify(name.slice(0, 100))}. It has: ${known}.`
  return new RelayError('RELAY_EVENT_UNKNOWN_NAME', message)
}
