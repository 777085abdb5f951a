// What an event says, checked against the tracking plan. For each kind: what goes into the job, what people call it,
// and which idempotency key its definition gives it.

import { findDefinition, RelayError } from '@retention-relay/events'
import type { JsonObject, TrackingPlan } from '@retention-relay/events'

import { checkCustomerId, typeName } from './customer-id.ts'
import type { CustomerIdKind } from './customer-id.ts'
import { checkData } from './definition-check.ts'
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
}

/** @throws RelayError `RELAY_EVENT_INVALID`, `RELAY_EVENT_UNKNOWN_NAME`, `RELAY_EVENT_CUSTOMER_ID`. */
export function checkBody(draft: Draft, rules: BodyRules): EventBody {
  const { op, body } = draft
  switch (op) {
    case 'track':
      return trackBody(body, rules.plan)
    case 'identify': {
      const names = { what: 'identify', root: 'attributes' }
      return {
        fields: { op, attributes: checkData(rules.plan.attributes, body, names) },
        label: op,
      }
    }
    case 'merge':
      return mergeBody(draft, rules)
    case 'add_device': {
      const device = checkData(deviceSchema, body, { what: op, root: 'device' })
      return { fields: { op, device }, label: op }
    }
    case 'delete_device': {
      const device = checkData(deviceTokenSchema, body, { what: op, root: 'device' })
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
  if (definition === undefined) throw unknownName(name, plan)
  const checked = checkData(definition.schema, data, { what: name, root: 'data' })
  return {
    fields: { op: 'track', name, data: checked, version: definition.version },
    label: name,
    definedKey: keyOf(name, checked, definition.idempotencyKey?.of),
  }
}

function keyOf(
  name: string,
  data: Record<string, unknown>,
  of: ((data: Record<string, unknown>) => string | undefined) | undefined,
): string | undefined {
  try {
    return of?.(data)
  } catch (error) {
    const what = error instanceof Error ? error.name : 'an error'
    throw new RelayError('RELAY_EVENT_INVALID', `The idempotency key of ${name} threw ${what}.`)
  }
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
  const message = `The tracking plan has no event ${JSON.stringify(name.slice(0, 100))}. It has: ${known}.`
  return new RelayError('RELAY_EVENT_UNKNOWN_NAME', message)
}
