// Whether a request carries an event of a given name: what a fault's `match.eventName` asks.
// v2 batch: any item; v2 entity and v1 events: the body itself.
import type { Call } from '../track/call.ts'
import { isObject } from '../track/operation.ts'
import { itemsOf } from './items-of.ts'

export function hasEvent(call: Call, name: string): boolean {
  const { body } = call
  const single = body.kind === 'json' ? [body.value] : []
  return [...single, ...itemsOf(call)].some((item) => isObject(item) && item.name === name)
}
