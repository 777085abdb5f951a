// Brings the data of an older version forward, step by step. An upcaster is the shop's own code, perhaps without types: what it
// gives is taken only where it is a plain object, and as JSON has it. A Promise has no fields, so a schema without required
// ones would take it, and an empty event would be delivered.

import type { EventDefinition } from './event-definition.ts'
import type { JsonObject } from './event.ts'

/** How it ended. */
export type Upcast =
  /** At the definition's version, or as near as upcasters bring it. */
  | { readonly kind: 'data'; readonly data: JsonObject }
  /** An upcaster does not take this data. */
  | { readonly kind: 'threw'; readonly fault: string }
  /** An upcaster has a bug: what it gives is nothing that can be sent. */
  | { readonly kind: 'unusable'; readonly fault: string }

/** Brings data of the version `from` to that of the definition. Never throws. */
export function upcastData(
  { version, upcasters = {} }: Pick<EventDefinition, 'version' | 'upcasters'>,
  given: JsonObject,
  from: number,
): Upcast {
  let data = given
  for (let at = from; at < version; at += 1) {
    const upcast = Object.hasOwn(upcasters, at) ? upcasters[at] : undefined
    if (upcast === undefined) continue
    const step = `bringing it from version ${at} to ${at + 1}`
    try {
      const result = plainJson(upcast(structuredClone(data)))
      if (result === null)
        return { kind: 'unusable', fault: `${step} gave no plain object of JSON` }
      data = result
    } catch (error) {
      const name = error instanceof Error ? error.name : 'an error'
      return { kind: 'threw', fault: `${step} threw ${name}` }
    }
  }
  return { kind: 'data', data }
}

/** A copy as JSON has it, or null. */
function plainJson(value: unknown): JsonObject | null {
  // Nobody waits for it: without this a rejection would end the process.
  if (value instanceof Promise) value.catch(() => undefined)
  if (!isPlain(value)) return null
  try {
    const copy: unknown = JSON.parse(JSON.stringify(value))
    return isPlain(copy) ? copy : null
  } catch {
    return null
  }
}

/** Also one of another realm, or without a prototype. */
function isPlain(value: unknown): value is JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return false
  return !('then' in value && typeof value.then === 'function')
}
