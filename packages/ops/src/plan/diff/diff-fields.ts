// Compares two schemas field by field: what is gone, renamed, of another type or unit, newly required, narrower, wider, new.
// Where a schema is put together in ways that are not walked through (unions, tuples, references), any change counts as another
// type: better one question too many than a dead journey.

import { exportedUnitOf } from '@retention-relay/events'
import type { JsonSchema } from '@retention-relay/events'

import { diffLimits } from './field-limits.ts'
import { breaking, harmless } from './plan-change.ts'
import type { FieldChange } from './plan-change.ts'
import { findRenames } from './renames.ts'
import type { Renamable } from './renames.ts'

/** The changes from `before` to `now`. `path` is where both stand; empty for the whole. */
export function diffFields(before: JsonSchema, now: JsonSchema, path: string): FieldChange[] {
  const [old, fresh] = [shapeOf(before), shapeOf(now)]
  const typed = diffTypes(old, fresh, path)
  if (typed.some(({ kind }) => kind === 'retyped')) return typed
  return [
    ...typed,
    ...diffNull(old, fresh, path),
    ...diffUnits(before, now, path),
    ...diffLimits(old.schema, fresh.schema, path),
    ...diffProperties(old.schema, fresh.schema, path),
    ...diffItems(old.schema, fresh.schema, path),
  ]
}

/** A schema without the null that it may take beside. */
interface Shape {
  readonly schema: JsonSchema
  /** `string`, `array`, …; `other` for what is not walked through. */
  readonly type: string
  readonly isNullable: boolean
}

const NOT_WALKED = [
  'anyOf',
  'oneOf',
  'allOf',
  'not',
  'if',
  '$ref',
  'patternProperties',
  'prefixItems',
]

function shapeOf(schema: JsonSchema): Shape {
  const { anyOf, type } = schema
  const isNull = (branch: JsonSchema): boolean => branch.type === 'null'
  if (anyOf?.length === 2 && anyOf.some((branch) => isNull(branch))) {
    const branch = anyOf.find((one) => !isNull(one)) ?? {}
    return { ...shapeOf(branch), isNullable: true }
  }
  if (Array.isArray(type) && type.length === 2 && type.includes('null')) {
    const [only = 'null'] = type.filter((name: string) => name !== 'null')
    return { schema: { ...schema, type: only }, type: only, isNullable: true }
  }
  const isWalked = typeof type === 'string' && !NOT_WALKED.some((word) => word in schema)
  return { schema, type: isWalked ? type : 'other', isNullable: false }
}

function diffTypes(old: Shape, fresh: Shape, path: string): FieldChange[] {
  if (old.type === 'other' && fresh.type === 'other') {
    const isSame = JSON.stringify(old.schema) === JSON.stringify(fresh.schema)
    return isSame ? [] : [breaking(path, 'retyped', 'changed in a way that cannot be compared')]
  }
  if (old.type === fresh.type) return []
  const text = `${old.type} became ${fresh.type}`
  if (old.type === 'integer' && fresh.type === 'number') return [harmless(path, 'loosened', text)]
  return [breaking(path, 'retyped', text)]
}

function diffNull(old: Shape, fresh: Shape, path: string): FieldChange[] {
  if (old.isNullable === fresh.isNullable) return []
  return old.isNullable
    ? [breaking(path, 'tightened', 'no longer takes null')]
    : [harmless(path, 'loosened', 'takes null too')]
}

/** 19.9 euro and 1990 cent are both numbers. */
function diffUnits(before: JsonSchema, now: JsonSchema, path: string): FieldChange[] {
  const [old, fresh] = [exportedUnitOf(before), exportedUnitOf(now)]
  if (old === fresh || old === null) return []
  return [breaking(path, 'unit', `its unit ${old} became ${fresh ?? 'none'}`)]
}

function diffItems(before: JsonSchema, now: JsonSchema, path: string): FieldChange[] {
  if (before.type !== 'array') return []
  return diffFields(before.items ?? {}, now.items ?? {}, `${path}[]`)
}

function diffProperties(before: JsonSchema, now: JsonSchema, path: string): FieldChange[] {
  const [old, fresh] = [before.properties ?? {}, now.properties ?? {}]
  const gone = Object.keys(old).filter((name) => !Object.hasOwn(fresh, name))
  const added = Object.keys(fresh).filter((name) => !Object.hasOwn(old, name))
  const renames = findRenames(renamables(old, gone), renamables(fresh, added))
  const renamed = new Set(renames.values())
  const at = (name: string): string => (path === '' ? name : `${path}.${name}`)
  const isRequired = ({ required = [] }: JsonSchema, name: string): boolean =>
    required.includes(name)
  return [
    ...Object.keys(old).flatMap((name): FieldChange[] => {
      const to = Object.hasOwn(fresh, name) ? name : renames.get(name)
      if (to === undefined) return [breaking(at(name), 'removed', 'removed')]
      return [
        ...(to === name ? [] : [breaking(at(name), 'renamed', `renamed to ${at(to)}`)]),
        ...diffNeed(isRequired(before, name), isRequired(now, to), at(name)),
        ...diffFields(old[name] ?? {}, fresh[to] ?? {}, at(name)),
      ]
    }),
    ...added
      .filter((name) => !renamed.has(name))
      .map((name) =>
        isRequired(now, name)
          ? breaking(at(name), 'added', 'added, and required')
          : harmless(at(name), 'added', 'added, optional'),
      ),
    ...diffTogether(before, now, path),
    ...diffFurther(before, now, path),
  ]
}

function renamables(
  properties: Readonly<Record<string, JsonSchema>>,
  names: readonly string[],
): Renamable[] {
  return names.map((name) => {
    const { schema, type } = shapeOf(properties[name] ?? {})
    const inner = schema.items === undefined ? '' : shapeOf(schema.items).type
    // A whole number and a number may be the same field.
    const kind = `${type === 'integer' ? 'number' : type} ${inner}`
    return { name, kind, description: properties[name]?.description ?? '' }
  })
}

function diffNeed(was: boolean, is: boolean, path: string): FieldChange[] {
  if (was === is) return []
  return is
    ? [breaking(path, 'required', 'optional before, required now')]
    : [harmless(path, 'optional', 'required before, optional now')]
}

/** Fields that must be there where another one is. */
function diffTogether(before: JsonSchema, now: JsonSchema, path: string): FieldChange[] {
  const [old, fresh] = [before, now].map(({ dependentRequired = {} }) => {
    return Object.entries(dependentRequired).flatMap(([name, needed]) =>
      needed.map((other) => `${other} is required beside ${name}`),
    )
  }) as [string[], string[]]
  const text = (rules: string[], others: string[]): string[] =>
    rules.filter((rule) => !others.includes(rule))
  return [
    ...text(fresh, old).map((rule) => breaking(path, 'required', `${rule} now`)),
    ...text(old, fresh).map((rule) => harmless(path, 'optional', `${rule} no longer`)),
  ]
}

/** Fields that the schema does not name. */
function diffFurther(before: JsonSchema, now: JsonSchema, path: string): FieldChange[] {
  const [old, fresh] = [before, now].map(({ additionalProperties = true }) =>
    JSON.stringify(additionalProperties),
  )
  if (before.type !== 'object' || old === fresh) return []
  return fresh === 'true'
    ? [harmless(path, 'loosened', 'takes fields that are not named too')]
    : [breaking(path, 'tightened', 'takes fewer fields that are not named')]
}
