// Track API v1, one call at a time: each builds an operation from path and body, or says what is
// wrong. An operation that reaches the workspace no longer knows that it came by v1.
import { EVENT_DATA_BYTES, isLongerThan } from '../limits.ts'
import { checkIdentifiers, checkPathIdentifier } from './check-identifier.ts'
import { checkAttributes, checkDevice, checkEvent, checkEventData } from './check-payload.ts'
import {
  isObject,
  type Action,
  type Checked,
  type Identifier,
  type ItemError,
  type Operation,
} from './operation.ts'

export type Body = Record<string, unknown>

/** `PUT /api/v1/customers/{identifier}` */
export function identifyCall(word: string, body: Body): Checked {
  const { _timestamp: timestamp } = body
  const errors = checkAttributes(body, 'v1')
  return about(word, errors, 'identify', { timestamp, attributes: body })
}

/** `DELETE …/{identifier}`, `POST …/{identifier}/suppress` and `/unsuppress` */
export function bareCall(word: string, action: Action): Checked {
  return about(word, [], action, {})
}

/** `POST …/{identifier}/events` */
export function eventCall(word: string, body: Body): Checked {
  return about(word, checkEventBody(body), eventAction(body), eventParts(body))
}

/** `POST /api/v1/events`: without a person, with or without an `anonymous_id`. */
export function anonymousEventCall(body: Body): Checked {
  const errors = checkEventBody(body)
  if (errors.length > 0) return { kind: 'refused', errors }
  const value = typeof body.anonymous_id === 'string' ? body.anonymous_id : ''
  return built(eventAction(body), { kind: 'anonymous_id', value }, eventParts(body))
}

/** `PUT …/{identifier}/devices` */
export function addDeviceCall(word: string, body: Body): Checked {
  const device = isObject(body.device) ? body.device : {}
  const platform = typeof device.platform === 'string' ? device.platform : null
  const parts = { device: { token: String(device.id), platform } }
  return about(word, checkDevice(body.device, 'id', true), 'add_device', parts)
}

/** `DELETE …/{identifier}/devices/{device_id}` */
export function deleteDeviceCall(word: string, token: string): Checked {
  return about(word, [], 'delete_device', { device: { token, platform: null } })
}

/** `POST /api/v1/merge_customers` */
export function mergeCall(body: Body): Checked {
  const primary = checkIdentifiers(body.primary, 'primary')
  if (primary.kind === 'refused') return primary
  const secondary = checkIdentifiers(body.secondary, 'secondary')
  if (secondary.kind === 'refused') return secondary
  return built('merge', secondary.identifier, { into: primary.identifier })
}

function checkEventBody({ name, id, data }: Body): ItemError[] {
  const errors = [...checkEvent(name, id), ...checkEventData(data, 'data')]
  if (errors.length > 0 || data === undefined) return errors
  if (!isLongerThan(JSON.stringify(data), EVENT_DATA_BYTES)) return []
  const message = `event data cannot be longer than ${EVENT_DATA_BYTES} bytes`
  return [{ reason: 'invalid', field: 'data', message }]
}

function eventAction({ type }: Body): Action {
  return type === 'page' || type === 'screen' ? type : 'event'
}

function eventParts({ name, id, timestamp, data }: Body): Partial<Operation> {
  return {
    name: typeof name === 'string' ? name : null,
    id: typeof id === 'string' ? id : null,
    timestamp,
    attributes: isObject(data) ? data : null,
  }
}

function about(
  word: string,
  errors: ItemError[],
  action: Action,
  parts: Partial<Operation>,
): Checked {
  const who = checkPathIdentifier(word)
  if (who.kind === 'refused') return who
  return errors.length > 0 ? { kind: 'refused', errors } : built(action, who.identifier, parts)
}

function built(action: Action, who: Identifier, parts: Partial<Operation>): Checked {
  const bare = { into: null, name: null, id: null, timestamp: undefined }
  const operation = { action, who, ...bare, attributes: null, device: null, ...parts }
  return { kind: 'operation', operation }
}
