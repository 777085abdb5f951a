// What the tracking plan says of the fields of an event: which types it allows, and whether one must be there.

import type { EventDefinition } from '../event-definition.ts'
import type { JsonSchema } from '../json-schema.ts'
import { ANY_KEY, branchesOf, isAtPath, pathParts, schemaFields } from '../schema-fields.ts'
import type { TrackingPlan } from '../tracking-plan.ts'
import { findDefinition } from '../tracking-plan.ts'
import type { JsonType } from './event-profile.ts'
import { JSON_TYPES } from './event-profile.ts'

/** What the plan says of a field. */
export interface PlannedField {
  /** Empty where the plan allows any. */
  readonly types: ReadonlySet<JsonType>
  /** Must be there whenever its object is. */
  readonly required: boolean
  /** Any key of a record: keys come and go. */
  readonly isAnyKey: boolean
}

/** What the plan says of an event. */
export interface PlannedEvent {
  readonly fields: ReadonlyMap<string, PlannedField>
  readonly critical: ReadonlySet<string>
}

/** What the plan says of an event name, `identify` for attributes; undefined where it says nothing. */
export function plannedEvent(plan: TrackingPlan, name: string): PlannedEvent | undefined {
  const definition =
    findDefinition(plan, name) ?? (name === 'identify' ? plan.attributes : undefined)
  if (definition === undefined) return undefined
  const fields = new Map<string, PlannedField>()
  for (const { path, schema, isRequired } of schemaFields((definition as EventDefinition).schema)) {
    const types = either(fields.get(path)?.types, typesOf(schema))
    fields.set(path, { types, required: isRequired, isAnyKey: pathParts(path).at(-1) === ANY_KEY })
  }
  return { fields, critical: new Set<string>(definition.critical ?? []) }
}

/** What the plan says of the field at a path, which may stand in a record. */
export function plannedField(
  planned: PlannedEvent | undefined,
  path: string,
): PlannedField | undefined {
  const own = planned?.fields.get(path)
  if (own !== undefined || planned === undefined) return own
  return [...planned.fields].find(([each]) => isAtPath(path, each))?.[1]
}

/** What two objects of a choice say of the same field. */
function either(
  one: ReadonlySet<JsonType> | undefined,
  other: ReadonlySet<JsonType>,
): ReadonlySet<JsonType> {
  if (one === undefined) return other
  const isAny = one.size === 0 || other.size === 0
  return new Set(isAny ? [] : [...one, ...other])
}

/** Empty for a schema that names none. */
function typesOf(schema: JsonSchema): ReadonlySet<JsonType> {
  const types = branchesOf(schema).map(({ type }) => (type === undefined ? [] : [type].flat()))
  if (types.some(({ length }) => length === 0)) return new Set()
  const words = types.flat().map((type) => (type === 'integer' ? 'number' : type))
  return new Set(JSON_TYPES.filter((type) => words.includes(type)))
}
