// Whether a request carries an event of a given name: what a fault's `match.eventName` asks.
// v2 batch: any item; v2 entity and v1 events: the body itself.
import type { Call } from '../track/call.ts'
import { isObject } from '../track/operation.ts'

export function hasEvent({ body }: Call, name: string): boolean {
  if (body.kind !== 'json' || !isObject(body.value)) return false
  const { batch } = body.value
  if (!Array.isArray(batch)) return body.value.name === name
  return batch.some((item: unknown) => isObject(item) && item.name === name)
}
