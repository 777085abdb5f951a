// What people may see of an event: its content with personal fields masked. What the plan does not know may hold
// anything, so it is masked too: a service's new field must not show an address until somebody has said what it is.

import type { EventDefinition } from './event-definition.ts'
import type { JsonObject, RelayEvent } from './event.ts'
import { jsonSchemaOf } from './json-schema.ts'
import type { TrackingPlan } from './tracking-plan.ts'
import { eventDefinitions } from './tracking-plan.ts'

/** What stands in place of a personal value. */
export const MASK = '***'

/** Shows the content of an event: its data, attributes, device, or the customer that it is merged into. */
export type PersonalMask = (event: RelayEvent) => JsonObject

/** The mask of a plan. Make it once. */
export function personalMask(plan: TrackingPlan): PersonalMask {
  const ofEvents = new Map(
    eventDefinitions(plan).map((definition) => [definition.name, maskOf(definition)]),
  )
  const ofAttributes = maskOf(plan.attributes)
  return (event) => {
    switch (event.op) {
      case 'track':
        return (ofEvents.get(event.name) ?? maskAll)(event.data)
      case 'identify':
        return ofAttributes(event.attributes)
      case 'add_device':
      case 'delete_device':
        return { ...event.device, token: MASK }
      case 'merge':
        return { into: event.primaryId }
      case 'delete':
      case 'suppress':
      case 'unsuppress':
        return {}
    }
  }
}

function maskOf({
  schema,
  personal = [],
}: Pick<EventDefinition, 'schema' | 'personal'>): (content: JsonObject) => JsonObject {
  const known = new Set(Object.keys(jsonSchemaOf(schema).properties ?? {}))
  const paths = personal.map(partsOf)
  return (content) =>
    Object.fromEntries(
      Object.entries(content).map(([name, value]) => {
        if (!known.has(name)) return [name, MASK]
        const below = paths.filter(([first]) => first === name).map((path) => path.slice(1))
        return [name, maskBelow(value, below)]
      }),
    )
}

/** `items[].note` as `items`, `[]`, `note`. */
function partsOf(path: string): string[] {
  return path.split(/\.|(?=\[\])/)
}

function maskBelow(value: unknown, paths: readonly (readonly string[])[]): unknown {
  if (paths.length === 0 || value === null || value === undefined) return value
  if (paths.some((path) => path.length === 0)) return MASK
  if (Array.isArray(value)) {
    const below = paths.filter(([first]) => first === '[]').map((path) => path.slice(1))
    return value.map((item) => maskBelow(item, below))
  }
  if (typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      const below = paths.filter(([first]) => first === name).map((path) => path.slice(1))
      return [name, maskBelow(item, below)]
    }),
  )
}

function maskAll(content: JsonObject): JsonObject {
  return Object.fromEntries(Object.keys(content).map((name) => [name, MASK]))
}
