// What people may see of an event: its content with personal fields masked. What the plan does not name may hold anything,
// at any depth, so it is masked too: a service's new field must not show an address until somebody has said what it is. So
// is a text where the plan has an object or a list. A customer id, or a key of a field, that is an e-mail address or a
// phone number is personal wherever it stands.

import { maskContact, MASK } from './identity/contact-id.ts'
import type { EventDefinition } from './event-definition.ts'
import type { JsonObject, RelayEvent } from './event.ts'
import { ANY_KEY, pathParts, schemaFields } from './schema-fields.ts'
import type { TrackingPlan } from './tracking-plan.ts'
import { eventDefinitions } from './tracking-plan.ts'

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
        return DEVICE_MASK(event.device)
      case 'merge':
        return { into: maskContact(event.primaryId) }
      case 'delete':
      case 'suppress':
      case 'unsuppress':
        return {}
    }
  }
}

/** A path below the place that is looked at: `items`, `[]`, `note`. Empty when it is the place itself. */
type Path = readonly string[]

/** Paths below a place. */
interface Paths {
  readonly named: readonly Path[]
  readonly personal: readonly Path[]
}

const DEVICE_MASK = maskBy({ named: [['platform'], ['last_used'], ['attributes']], personal: [] })

function maskOf({
  schema,
  personal = [],
}: Pick<EventDefinition, 'schema' | 'personal'>): (content: JsonObject) => JsonObject {
  const named = schemaFields(schema).map(({ path }) => pathParts(path))
  return maskBy({ named, personal: personal.map(pathParts) })
}

function maskBy(paths: Paths): (content: object) => JsonObject {
  return (content) => shownFields(content, paths)
}

const maskAll = maskBy({ named: [], personal: [] })

function shownFields(content: object, paths: Paths): JsonObject {
  return Object.fromEntries(
    Object.entries(content).map(([name, value]) => [
      maskContact(name),
      shown(value, pathsBelow(name, paths)),
    ]),
  )
}

function shown(value: unknown, paths: Paths): unknown {
  const { named, personal } = paths
  if (!named.some(isHere)) return MASK
  if (value === null || value === undefined) return value
  if (personal.some(isHere)) return MASK
  if (Array.isArray(value)) return value.map((item) => shown(item, pathsBelow('[]', paths)))
  if (typeof value === 'object') return shownFields(value, paths)
  return named.every(isHere) ? value : MASK
}

function isHere(path: Path): boolean {
  return path.length === 0
}

/** A key that has no name in the plan may be one of a record. */
function pathsBelow(name: string, { named, personal }: Paths): Paths {
  const isNamed = named.some(([first]) => first === name)
  return {
    named: below(named, [isNamed ? name : ANY_KEY]),
    personal: below(personal, [name, ANY_KEY]),
  }
}

function below(paths: readonly Path[], names: readonly string[]): readonly Path[] {
  return paths
    .filter(([first]) => first !== undefined && names.includes(first))
    .map((path) => path.slice(1))
}
