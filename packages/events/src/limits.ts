// Limits of Customer.io, in UTF-8 bytes unless a name says otherwise. An oversize event is refused there with
// 400 and never cut, so it is refused here, before it costs anything. Source: Customer.io's Track API
// specification; 480,000 and 32,000 stay below its "less than 500 kB" and "32 kB".

import type { JsonObject, RelayEvent } from './event.ts'
import { surelyFits } from './json-room.ts'
import { encodeOperation } from './operation.ts'
import { shownName } from './shown-name.ts'

/** The limits. */
export const LIMITS = {
  customerIdBytes: 150,
  eventNameBytes: 100,
  attributeNameBytes: 150,
  attributeValueBytes: 1000,
  attributesPerIdentify: 300,
  operationBytes: 32_000,
  batchBytes: 480_000,
} as const

/** A limit that was crossed. */
export interface LimitFault {
  readonly field: string
  readonly limit: number
  readonly size: number
  readonly unit: 'bytes' | 'attributes'
}

/** The first limit that the event crosses, or null. `operation` is its encoded text. */
export function limitFault(event: RelayEvent, operation: string): LimitFault | null {
  return (
    over('customerId', event.customerId, LIMITS.customerIdBytes) ??
    operationFault(event) ??
    over('event', operation, LIMITS.operationBytes)
  )
}

/** Words around the body of an operation, with the longest customer id and event name, all escaped. */
const AROUND_BODY_BYTES = 2000

/** The same of a stored event, whose size nobody has measured: that of a small one is not. */
export function storedLimitFault(event: RelayEvent): LimitFault | null {
  const fault = limitFault(event, '')
  if (fault !== null || surelyFits(bodyOf(event), LIMITS.operationBytes - AROUND_BODY_BYTES)) {
    return fault
  }
  return limitFault(event, encodeOperation(event))
}

/** What is over the limit, in words; a name is cut. */
export function limitMessage({ field, size, unit, limit }: LimitFault): string {
  return `${field.slice(0, 200)} has ${size} ${unit}, the limit is ${limit}`
}

function bodyOf(event: RelayEvent): unknown {
  if (event.op === 'track') return event.data
  if (event.op === 'identify') return event.attributes
  return event.op === 'add_device' || event.op === 'delete_device' ? event.device : null
}

function operationFault(event: RelayEvent): LimitFault | null {
  if (event.op === 'track') return over('name', event.name, LIMITS.eventNameBytes)
  if (event.op === 'identify') return attributesFault(event.attributes)
  if (event.op === 'merge') return over('primaryId', event.primaryId, LIMITS.customerIdBytes)
  return null
}

function attributesFault(attributes: JsonObject): LimitFault | null {
  const names = Object.keys(attributes)
  if (names.length > LIMITS.attributesPerIdentify) {
    return {
      field: 'attributes',
      limit: LIMITS.attributesPerIdentify,
      size: names.length,
      unit: 'attributes',
    }
  }
  for (const name of names) {
    const fault = attributeFault(name, attributes[name])
    if (fault !== null) return fault
  }
  return null
}

function attributeFault(name: string, value: unknown): LimitFault | null {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
  const shown = shownName(name)
  return (
    over(`attributes.${shown} (its name)`, name, LIMITS.attributeNameBytes) ??
    over(`attributes.${shown}`, text, LIMITS.attributeValueBytes)
  )
}

function over(field: string, text: string, limit: number): LimitFault | null {
  // A string of UTF-16 has at most 3 bytes of UTF-8 per unit: short ones need no count.
  if (text.length * 3 <= limit) return null
  const size = Buffer.byteLength(text, 'utf8')
  return size > limit ? { field, limit, size, unit: 'bytes' } : null
}
