// The fields of a schema by path, for drift, for `relay plan show` and for the documents. Objects, lists and choices are
// walked through, since a field may stand in any of them, and so are intersections, tuples and records; a group stands
// before its fields. A field that stands in two objects of a choice comes twice, each time with its own schema.

import type { ObjectSchema } from './event-definition.ts'
import { jsonSchemaOf } from './json-schema.ts'
import type { JsonSchema } from './json-schema.ts'

/** A field, or what a list holds. */
export interface SchemaField {
  /** `value`, `address.country`, `items[].sku`; `items[]` for what the list holds, `stock.*` for any key of a record. */
  readonly path: string
  readonly schema: JsonSchema
  /**
   * Must be there whenever its object is. Never so in a choice of objects, at any depth: nobody can tell which one it should
   * have been.
   */
  readonly isRequired: boolean
}

/** Stands for keys that are values. */
export const ANY_KEY = '*'

/** Every field, in the order of the schema. */
export function schemaFields(schema: ObjectSchema): readonly SchemaField[] {
  return fieldsIn(jsonSchemaOf(schema), '', true)
}

/** The schemas of which one holds; a schema without a choice is its own branch. */
export function branchesOf(schema: JsonSchema): readonly JsonSchema[] {
  const choice = schema.anyOf ?? schema.oneOf
  return choice === undefined ? [schema] : choice.flatMap((branch) => branchesOf(branch))
}

/** `items[].note` as `items`, `[]`, `note`. */
export function pathParts(path: string): string[] {
  return path.split(/\.|(?=\[\])/)
}

/** Whether the path is the one of the schema, or that of a key in its record: `stock.north` in `stock.*`. */
export function isAtPath(path: string, inSchema: string): boolean {
  if (path === inSchema) return true
  if (!inSchema.includes(ANY_KEY)) return false
  const [parts, named] = [pathParts(path), pathParts(inSchema)]
  if (named.length !== parts.length) return false
  return named.every((name, at) => name === parts[at] || (name === ANY_KEY && parts[at] !== '[]'))
}

/** `isSure`: the place of the schema is no object of a choice. */
function fieldsIn(schema: JsonSchema, root: string, isSure: boolean): SchemaField[] {
  const branches = branchesOf(schema)
  const isOne = isSure && branches.filter((branch) => !isScalar(branch)).length <= 1
  return branches.flatMap((branch) => [
    ...(branch.allOf ?? []).flatMap((part) => fieldsIn(part, root, isOne)),
    ...objectFields(branch, root, isOne),
    ...listFields(branch, root, isOne),
  ])
}

function objectFields(schema: JsonSchema, root: string, isSure: boolean): SchemaField[] {
  const { properties = {}, required = [] } = schema
  const at = (name: string): string => (root === '' ? name : `${root}.${name}`)
  const further = furtherKeys(schema)
  return [
    ...Object.entries(properties).flatMap(([name, inner]) => {
      const isRequired = isSure && required.includes(name)
      return withInner({ path: at(name), schema: inner, isRequired }, isSure)
    }),
    ...(further === undefined
      ? []
      : withInner({ path: at(ANY_KEY), schema: further, isRequired: false }, isSure)),
  ]
}

/** Of a tuple each place is a choice of what the list holds. */
function listFields(
  { prefixItems = [], items }: JsonSchema,
  root: string,
  isSure: boolean,
): SchemaField[] {
  const held = items === undefined ? prefixItems : [...prefixItems, items]
  const isOne = isSure && held.filter((each) => !isScalar(each)).length <= 1
  return held.flatMap((schema) =>
    withInner({ path: `${root}[]`, schema, isRequired: false }, isOne),
  )
}

/** What a record says of its keys. An object that lets further fields pass says nothing of them. */
function furtherKeys({ propertyNames, additionalProperties }: JsonSchema): JsonSchema | undefined {
  if (typeof additionalProperties !== 'object') return undefined
  const saysSomething = propertyNames !== undefined || Object.keys(additionalProperties).length > 0
  return saysSomething ? additionalProperties : undefined
}

/** Nothing can stand in it. */
function isScalar(schema: JsonSchema): boolean {
  const { type } = schema
  if (type === undefined) return schema.const !== undefined || schema.enum !== undefined
  return [type].flat().every((name) => name !== 'object' && name !== 'array')
}

function withInner(field: SchemaField, isSure: boolean): SchemaField[] {
  return [field, ...fieldsIn(field.schema, field.path, isSure)]
}
