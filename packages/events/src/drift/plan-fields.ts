// The fields of a definition by path, as the tracking plan knows them: which types it allows, and whether one must be
// there. Read from the JSON Schema, where every definition is told.

import type { EventDefinition } from '../event-definition.ts'
import type { JsonSchema } from '../json-schema.ts'
import { jsonSchemaOf } from '../json-schema.ts'
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
  addFields(jsonSchemaOf((definition as EventDefinition).schema), '', fields)
  return { fields, critical: new Set<string>(definition.critical ?? []) }
}

function addFields(schema: JsonSchema, path: string, fields: Map<string, PlannedField>): void {
  const branches = branchesOf(schema)
  // In a choice of objects nobody can tell which one it should have been.
  const isOne = branches.filter(({ properties }) => properties !== undefined).length === 1
  for (const { properties = {}, required = [], items } of branches) {
    for (const [name, inner] of Object.entries(properties)) {
      const innerPath = path === '' ? name : `${path}.${name}`
      const types = typesOf(inner)
      fields.set(innerPath, { types, required: isOne && required.includes(name) })
      addFields(inner, innerPath, fields)
    }
    if (items === undefined) continue
    fields.set(`${path}[]`, { types: typesOf(items), required: false })
    addFields(items, `${path}[]`, fields)
  }
}

/** The schemas of which one holds; a schema without a choice is its own branch. */
function branchesOf(schema: JsonSchema): readonly JsonSchema[] {
  const choice = schema.anyOf ?? schema.oneOf
  return choice === undefined ? [schema] : choice.flatMap((branch) => branchesOf(branch))
}

/** Empty for a schema that names none. */
function typesOf(schema: JsonSchema): ReadonlySet<JsonType> {
  const types = branchesOf(schema).map(({ type }) => (type === undefined ? [] : [type].flat()))
  if (types.some(({ length }) => length === 0)) return new Set()
  const words = types.flat().map((type) => (type === 'integer' ? 'number' : type))
  return new Set(JSON_TYPES.filter((type) => words.includes(type)))
}
