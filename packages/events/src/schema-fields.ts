// The fields of a schema by path, for drift, for `relay plan show` and for the documents. Objects, lists and choices are
// walked through, since a field may stand in any of them; a group stands before its fields. A field that stands in two
// objects of a choice comes twice, each time with its own schema.

import type { ObjectSchema } from './event-definition.ts'
import { jsonSchemaOf } from './json-schema.ts'
import type { JsonSchema } from './json-schema.ts'

/** A field, or what a list holds. */
export interface SchemaField {
  /** `value`, `address.country`, `items[].sku`; `items[]` for what the list holds. */
  readonly path: string
  readonly schema: JsonSchema
  /** Must be there whenever its object is. Never so in a choice of objects: nobody can tell which one it should have been. */
  readonly isRequired: boolean
}

/** Every field, in the order of the schema. */
export function schemaFields(schema: ObjectSchema): readonly SchemaField[] {
  return fieldsIn(jsonSchemaOf(schema), '')
}

/** The schemas of which one holds; a schema without a choice is its own branch. */
export function branchesOf(schema: JsonSchema): readonly JsonSchema[] {
  const choice = schema.anyOf ?? schema.oneOf
  return choice === undefined ? [schema] : choice.flatMap((branch) => branchesOf(branch))
}

function fieldsIn(schema: JsonSchema, root: string): SchemaField[] {
  const branches = branchesOf(schema)
  const isOne = branches.filter(({ properties }) => properties !== undefined).length === 1
  return branches.flatMap(({ properties = {}, required = [], items }) => [
    ...Object.entries(properties).flatMap(([name, inner]) => {
      const path = root === '' ? name : `${root}.${name}`
      return withInner({ path, schema: inner, isRequired: isOne && required.includes(name) })
    }),
    ...(items === undefined
      ? []
      : withInner({ path: `${root}[]`, schema: items, isRequired: false })),
  ])
}

function withInner(field: SchemaField): SchemaField[] {
  return [field, ...fieldsIn(field.schema, field.path)]
}
