// The fields of a schema as people read them: path, type, unit, marks, example. What a list holds is told in the type of
// the list.

import { jsonSchemaOf, schemaFields } from '@retention-relay/events'
import type { AttributesDefinition, EventDefinition, JsonSchema } from '@retention-relay/events'

/** One field of an event, or of the attributes of `identify`. */
export interface PlanField {
  /** For instance `value` or `items[].sku`. */
  readonly path: string
  /** For instance `text`, `whole number`, `list of objects`, `text or null`, `one of "a", "b"`. */
  readonly type: string
  readonly unit: string | null
  readonly isRequired: boolean
  /** Segments and journeys branch on it. */
  readonly isCritical: boolean
  /** Personal data: masked where people look at events. */
  readonly isPersonal: boolean
  readonly description: string
  /** Undefined for a group. */
  readonly example?: unknown
}

/** The parts of a definition that say something about fields. */
export type FieldSource = Pick<AttributesDefinition, 'schema' | 'critical' | 'personal'>

/** The fields of a definition, in its order. */
export function planFields({ schema, critical = [], personal = [] }: FieldSource): PlanField[] {
  const fields = schemaFields(schema).filter(({ path }) => !path.endsWith('[]'))
  return fields.map(({ path, schema: field, isRequired }) => {
    const { description = '', unit = null, examples } = field
    return {
      path,
      type: typeText(field),
      unit,
      isRequired,
      isCritical: isMarked(path, critical),
      isPersonal: isMarked(path, personal),
      description,
      ...(examples === undefined ? {} : { example: examples[0] }),
    }
  })
}

/** Whether an object of it, at any depth, takes fields that it does not name. */
export function takesFurtherFields(schema: JsonSchema): boolean {
  const { additionalProperties: further, propertyNames } = schema
  const isNamed = typeof further !== 'object' || Object.keys(further).length > 0
  if (!isNamed && propertyNames === undefined) return true
  return Object.values(schema)
    .filter((part) => typeof part === 'object' && part !== null)
    .some((part) => takesFurtherFields(part as JsonSchema))
}

/** An example of the whole, put together from the examples of its fields. */
export function exampleOf(schema: JsonSchema): unknown {
  const { examples, properties, items } = schema
  if (examples !== undefined) return examples[0]
  if (items !== undefined) return [exampleOf(items)]
  if (properties === undefined) return null
  return Object.fromEntries(
    Object.entries(properties).map(([name, field]) => [name, exampleOf(field)]),
  )
}

/** What the definition's key makes of the example; null where it has none, or makes nothing of it. */
export function exampleKeyOf({
  schema,
  idempotencyKey,
}: Pick<EventDefinition, 'schema' | 'idempotencyKey'>): string | null {
  try {
    const example = exampleOf(jsonSchemaOf(schema)) as Record<string, unknown>
    return idempotencyKey?.of(example) ?? null
  } catch {
    // A shop's own key may ask more of the data than its examples have.
    return null
  }
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: 'true or false',
  object: 'object',
  null: 'null',
}

/** A longer list of values fills no cell of a table; the exported schema has it whole. */
const MOST_LISTED = 20

function typeText(field: JsonSchema): string {
  const { type, anyOf, items } = field
  if (field.const !== undefined) return JSON.stringify(field.const)
  if (field.enum !== undefined) {
    if (field.enum.length > MOST_LISTED) return `one of ${field.enum.length} values`
    return `one of ${field.enum.map((value) => JSON.stringify(value)).join(', ')}`
  }
  if (anyOf !== undefined) return anyOf.map((branch) => typeText(branch)).join(' or ')
  if (items !== undefined) return `list of ${typeText(items)}${items.type === 'object' ? 's' : ''}`
  if (typeof type === 'string') return TYPES[type] ?? type
  return type === undefined ? 'anything' : type.map((name) => TYPES[name] ?? name).join(' or ')
}

/** A mark of a group is one of all that is in it. */
export function isMarked(path: string, marks: readonly string[]): boolean {
  return marks.some((mark) => {
    return path === mark || path.startsWith(`${mark}.`) || path.startsWith(`${mark}[`)
  })
}
