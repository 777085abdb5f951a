// One v2 operation: an item of `POST /api/v2/batch` or the body of `POST /api/v2/entity`.
// In goes parsed JSON of any shape; out comes an operation or the list of what is wrong with it, with
// reason, field and message as v2 reports them. The sender's own encoder is not used here.
import { checkIdentifiers } from './check-identifier.ts'
import { checkAttributes, checkDevice, checkEvent, checkEventData } from './check-payload.ts'
import {
  ACTIONS,
  isObject,
  type Action,
  type Checked,
  type Device,
  type Identifier,
  type ItemError,
} from './operation.ts'

type Item = Record<string, unknown>

const KNOWN_ACTIONS = new Set<unknown>(ACTIONS)

export function checkOperation(item: unknown): Checked {
  if (!isObject(item)) return refused('invalid', '', 'operation must be an object')
  if (item.type !== 'person') {
    const reason = item.type === undefined ? 'required' : 'invalid'
    return refused(reason, 'type', 'type must be person')
  }
  if (!isAction(item.action)) {
    const reason = item.action === undefined ? 'required' : 'invalid'
    return refused(reason, 'action', 'action is not known')
  }
  return item.action === 'merge' ? checkMerge(item) : checkPerson(item, item.action)
}

function isAction(value: unknown): value is Action {
  return KNOWN_ACTIONS.has(value)
}

function checkMerge(item: Item): Checked {
  if (item.identifiers !== undefined) {
    return refused('invalid', 'identifiers', 'a merge has primary and secondary, no identifiers')
  }
  const primary = checkIdentifiers(item.primary, 'primary')
  if (primary.kind === 'refused') return primary
  const secondary = checkIdentifiers(item.secondary, 'secondary')
  if (secondary.kind === 'refused') return secondary
  return accepted('merge', secondary.identifier, item, primary.identifier)
}

function checkPerson(item: Item, action: Action): Checked {
  const who = checkIdentifiers(item.identifiers, 'identifiers')
  if (who.kind === 'refused') return who
  const errors = checkContent(item, action)
  if (errors.length > 0) return { kind: 'refused', errors }
  return accepted(action, who.identifier, item, null)
}

function checkContent(item: Item, action: Action): ItemError[] {
  switch (action) {
    case 'identify':
      return checkAttributes(item.attributes, 'v2')
    case 'event':
    case 'page':
    case 'screen':
      return [...checkEvent(item.name, item.id), ...checkEventData(item.attributes, 'attributes')]
    case 'add_device':
    case 'delete_device':
      return checkDevice(item.device, 'token', action === 'add_device')
    case 'add_relationships':
    case 'delete_relationships':
      return checkRelationships(item.cio_relationships)
    case 'merge':
    case 'suppress':
    case 'unsuppress':
    case 'delete':
      return []
  }
}

function checkRelationships(relationships: unknown): ItemError[] {
  if (Array.isArray(relationships) && relationships.length > 0) return []
  const message = 'cio_relationships must be a list that is not empty'
  return [{ reason: 'required', field: 'cio_relationships', message }]
}

function accepted(action: Action, who: Identifier, item: Item, into: Identifier | null): Checked {
  const operation = {
    action,
    who,
    into,
    name: typeof item.name === 'string' ? item.name : null,
    id: typeof item.id === 'string' ? item.id : null,
    timestamp: item.timestamp,
    attributes: isObject(item.attributes) ? item.attributes : null,
    device: readDevice(item.device),
  }
  return { kind: 'operation', operation }
}

function readDevice(device: unknown): Device | null {
  if (!isObject(device) || typeof device.token !== 'string') return null
  return {
    token: device.token,
    platform: typeof device.platform === 'string' ? device.platform : null,
  }
}

function refused(reason: string, field: string, message: string): Checked {
  return { kind: 'refused', errors: [{ reason, field, message }] }
}
