// What an operation carries: attributes of an identify, name and data of an event, a device.
// Each check returns what is wrong, an empty list when nothing is. The two APIs have the same limits
// and, in one place, different words: the dialect says which.
import {
  ATTRIBUTE_NAME_BYTES,
  ATTRIBUTE_VALUE_BYTES,
  ATTRIBUTES_PER_IDENTIFY,
  EVENT_NAME_BYTES,
  isLongerThan,
} from '../limits.ts'
import { isObject, type ItemError } from './operation.ts'

export type Dialect = 'v1' | 'v2'

const NONE: ItemError[] = []
/** Structures of their own with limits of their own. */
const STRUCTURED = new Set(['cio_subscription_preferences', 'cio_relationships'])

/** Attributes of an identify; `undefined` is an identify without attributes. */
export function checkAttributes(attributes: unknown, dialect: Dialect): ItemError[] {
  if (attributes === undefined) return NONE
  if (!isObject(attributes)) {
    return [{ reason: 'invalid', field: 'attributes', message: 'attributes must be a hash' }]
  }
  const names = Object.keys(attributes).filter((name) => !name.startsWith('_'))
  if (names.length > ATTRIBUTES_PER_IDENTIFY) {
    const message = 'cannot identify more than 300 attributes in one request'
    return [{ reason: 'invalid', field: 'attributes', message }]
  }
  return names.flatMap((name) => checkAttribute(name, attributes[name], dialect))
}

function checkAttribute(name: string, value: unknown, dialect: Dialect): ItemError[] {
  const field = `attributes.${name}`
  if (isLongerThan(name, ATTRIBUTE_NAME_BYTES)) {
    return [{ reason: 'invalid', field, message: 'attribute name cannot be longer than 150 bytes' }]
  }
  if (STRUCTURED.has(name) || !isValueTooLong(value)) return NONE
  const subject = dialect === 'v1' ? `value for attribute '${name}'` : 'property value'
  return [{ reason: 'invalid', field, message: `${subject} cannot be longer than 1000 bytes` }]
}

function isValueTooLong(value: unknown): boolean {
  if (typeof value === 'string') return isLongerThan(value, ATTRIBUTE_VALUE_BYTES)
  if (typeof value !== 'object' || value === null) return false
  return isLongerThan(JSON.stringify(value), ATTRIBUTE_VALUE_BYTES)
}

/** Name and id of an event, page or screen. */
export function checkEvent(name: unknown, id: unknown): ItemError[] {
  if (name === undefined || name === null || (typeof name === 'string' && name.trim() === '')) {
    const reason = typeof name === 'string' ? 'invalid' : 'required'
    return [{ reason, field: 'name', message: 'event name must not be blank' }]
  }
  if (typeof name !== 'string') {
    return [{ reason: 'invalid', field: 'name', message: 'event name must be a string value' }]
  }
  if (isLongerThan(name, EVENT_NAME_BYTES)) {
    const message = 'event name cannot be longer than 100 bytes'
    return [{ reason: 'invalid', field: 'name', message }]
  }
  if (id !== undefined && typeof id !== 'string') {
    return [{ reason: 'invalid', field: 'id', message: 'event id must be a string value' }]
  }
  return NONE
}

/** Data of an event: an object where there is any. `field` is `attributes` in v2, `data` in v1. */
export function checkEventData(data: unknown, field: string): ItemError[] {
  if (data === undefined || isObject(data)) return NONE
  return [{ reason: 'invalid', field, message: 'event data must be a hash' }]
}

/** A device; v1 calls its token `id`. A platform is demanded where a device is added. */
export function checkDevice(device: unknown, key: 'id' | 'token', adds: boolean): ItemError[] {
  if (!isObject(device)) {
    return [{ reason: 'required', field: 'device', message: 'device must be present' }]
  }
  if (typeof device[key] !== 'string' || device[key] === '') {
    const message = `device ${key} must be present`
    return [{ reason: 'required', field: `device.${key}`, message }]
  }
  if (adds && device.platform !== 'ios' && device.platform !== 'android') {
    const message = 'device platform must be ios or android'
    return [{ reason: 'invalid', field: 'device.platform', message }]
  }
  return NONE
}
