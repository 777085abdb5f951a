// A schema as JSON Schema 2020-12, for services in other languages, for the documents and for whoever walks through its
// fields. A schema that cannot be told in it would mean one thing in a service and another one at the worker, which reads
// what the service has stored; so a plan with one is refused. So is one that holds itself: nobody could list its fields.

import * as z from 'zod'

import type { ObjectSchema } from './event-definition.ts'
import { rewriteFault } from './schema-rewrites.ts'

/** A schema in JSON Schema 2020-12, as far as the relay reads one. */
export interface JsonSchema {
  readonly type?: string | readonly string[]
  readonly description?: string
  /** Not of JSON Schema: the unit of a number, for people. */
  readonly unit?: string
  readonly examples?: readonly unknown[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  /** Fields that must be there where the named one is. */
  readonly dependentRequired?: Readonly<Record<string, readonly string[]>>
  readonly additionalProperties?: boolean | JsonSchema
  readonly items?: JsonSchema
  readonly prefixItems?: readonly JsonSchema[]
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
  readonly allOf?: readonly JsonSchema[]
  readonly [keyword: string]: unknown
}

/** Before the name of a schema that has one. */
const REF_ROOT = '#/$defs/'

/** Begins the unit in a description. */
const UNIT_MARK = ' Unit: '

/** The schema of what is stored and sent. Throws where JSON Schema cannot tell it; a plan has none of these. */
export function jsonSchemaOf(schema: ObjectSchema): JsonSchema {
  return toldSchema(schema, {})
}

/**
 * The same for any validator, in its strict mode: the unit, which is no keyword, stands in the description; a format whose
 * pattern stands beside it is left out, since validators read formats each in their own way.
 */
export function exportedSchemaOf(schema: ObjectSchema): JsonSchema {
  return toldSchema(schema, {
    override: ({ jsonSchema: part }) => {
      if (part.pattern !== undefined) delete part.format
      const unit = part['unit']
      if (typeof unit !== 'string') return
      delete part['unit']
      part.description = `${part.description ?? ''}${UNIT_MARK}${unit}.`.trimStart()
    },
  })
}

/** What a schema of its own name (`.meta({ id })`) is stands in each place where it is used. */
function toldSchema(
  schema: ObjectSchema,
  options: NonNullable<Parameters<typeof z.toJSONSchema>[1]>,
): JsonSchema {
  const { $defs = {}, ...whole } = z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    io: 'input',
    cycles: 'throw',
    ...options,
  })
  return inlined(whole, $defs) as JsonSchema
}

function inlined(part: unknown, named: Readonly<Record<string, unknown>>): unknown {
  if (Array.isArray(part)) return part.map((each) => inlined(each, named))
  if (typeof part !== 'object' || part === null) return part
  const { $ref, ...rest } = Object.fromEntries(
    Object.entries(part).map(([key, value]) => [key, inlined(value, named)]),
  )
  if (typeof $ref !== 'string') return $ref === undefined ? rest : { ...rest, $ref }
  const target = inlined(named[$ref.slice(REF_ROOT.length)], named)
  return { ...(target as object), ...rest }
}

/** The unit in the description of an exported schema, or null. */
export function exportedUnitOf({ description = '' }: JsonSchema): string | null {
  const at = description.lastIndexOf(UNIT_MARK)
  return at === -1 ? null : description.slice(at + UNIT_MARK.length, -1)
}

/** Why the schema cannot be used, with the remedy; null when it can. */
export function schemaFault(schema: unknown): string | null {
  if (!isSchema(schema)) return 'is no schema of zod 4: write one with z.strictObject.'
  try {
    const rewrite = rewriteFault(schema)
    if (rewrite === null) jsonSchemaOf(schema)
    return rewrite
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'cannot be read'
    if (reason.startsWith('Cycle')) {
      return 'holds itself: write its levels out, or z.unknown() where anything may come.'
    }
    return `cannot be told as JSON Schema (${reason}): describe the data as JSON has it, and convert before the call.`
  }
}

/** Also one of another copy of zod. */
function isSchema(value: unknown): value is ObjectSchema {
  if (typeof value !== 'object' || value === null || !('_zod' in value)) return false
  return 'safeParse' in value && typeof value.safeParse === 'function'
}
