// What is wrong with one definition of a tracking plan, all of it at once. A definition in plain JavaScript may hold anything: a
// misspelt path would mask nothing, or alert nobody, and a misspelt setting would be taken for one that is not there.

import type { Checks, EventDefinition, ObjectSchema } from './event-definition.ts'
import { schemaFault } from './json-schema.ts'
import { isAtPath, schemaFields } from './schema-fields.ts'

/** Each of `Checks`. */
const CHECKS: readonly unknown[] = ['strict', 'warn', 'off'] satisfies readonly Checks[]

/** Each of `onStale`. */
const ON_STALE: readonly unknown[] = ['send', 'dead-letter'] satisfies readonly NonNullable<
  EventDefinition['onStale']
>[]

/** What nobody has checked. */
export type Fields = Readonly<Record<string, unknown>>

/** One sentence for each fault of what events and attributes have in common. */
export function definitionFaults(
  name: string,
  version: unknown,
  definition: Fields,
): readonly string[] {
  const { schema, checks = 'strict', personal = [], critical = [], upcasters = {} } = definition
  const { description } = definition
  const fault = schemaFault(schema)
  const paths =
    fault === null ? schemaFields(schema as ObjectSchema).map(({ path }) => path) : undefined
  return [
    ...(isFilled(description)
      ? []
      : [`description of ${name} must be a text: when a service sends it.`]),
    ...(isWhole(version) ? [] : [`The version of ${name} must be a whole number from 1.`]),
    ...(fault === null ? [] : [`The schema of ${name} ${fault}`]),
    ...checksFaults(`checks of ${name}`, checks),
    ...pathFaults(`personal of ${name}`, personal, paths),
    ...pathFaults(`critical of ${name}`, critical, paths),
    ...upcasterFaults(name, version, upcasters),
  ]
}

/** One sentence for each fault of what only events have. `plan`: where it stands. */
export function eventFaults(
  name: string,
  { staleAfterMs, onStale = 'send', identifyFirst = 'off', supersedes = [], ...rest }: Fields,
  plan: { readonly events: Fields; readonly retired: unknown },
): readonly string[] {
  const isAge =
    staleAfterMs === undefined || (Number.isFinite(staleAfterMs) && Number(staleAfterMs) > 0)
  return [
    ...(isAge ? [] : [`staleAfterMs of ${name} must be milliseconds above 0, or left out.`]),
    ...(ON_STALE.includes(onStale) ? [] : [`onStale of ${name} must be 'send' or 'dead-letter'.`]),
    ...checksFaults(`identifyFirst of ${name}`, identifyFirst),
    ...supersedesFaults(name, supersedes, plan),
    ...keyFaults(name, rest['idempotencyKey']),
  ]
}

/** Empty for one of `Checks`. */
export function checksFaults(what: string, checks: unknown): readonly string[] {
  return CHECKS.includes(checks) ? [] : [`${what} must be 'strict', 'warn' or 'off'.`]
}

/** A list is no object of names. */
export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** `inSchema` is undefined where the schema cannot be read. */
function pathFaults(
  what: string,
  paths: unknown,
  inSchema: readonly string[] | undefined,
): readonly string[] {
  if (!isTexts(paths)) return [`${what} must be a list of paths, as ['items[].note'].`]
  const strange = paths.filter((path) => inSchema?.some((each) => isAtPath(path, each)) === false)
  return strange.map(
    (path) => `${what} has ${path}, which its schema does not: correct one of them.`,
  )
}

/** Tombstones are kept as long as what they supersede may wait: it must have an end. */
function supersedesFaults(
  name: string,
  supersedes: unknown,
  { events, retired }: { readonly events: Fields; readonly retired: unknown },
): string[] {
  if (!isTexts(supersedes)) return [`supersedes of ${name} must be a list of events' names.`]
  const gone = isTexts(retired) ? retired : []
  return supersedes.flatMap((each) => {
    if (gone.includes(each)) return []
    const superseded = Object.hasOwn(events, each) ? events[each] : undefined
    if (!isObject(superseded)) {
      return [`${name} supersedes ${each}, which the plan has not: correct it, or add it.`]
    }
    const { staleAfterMs, onStale } = superseded
    if (staleAfterMs !== undefined && onStale === 'dead-letter') return []
    return [`${name} supersedes ${each}, which must have staleAfterMs and onStale 'dead-letter'.`]
  })
}

function keyFaults(name: string, key: unknown): readonly string[] {
  if (key === undefined) return []
  const { of, why } = isObject(key) ? key : {}
  return [
    ...(typeof of === 'function'
      ? []
      : [`idempotencyKey.of of ${name} must be a function that takes the data.`]),
    ...(isFilled(why) ? [] : [`idempotencyKey.why of ${name} must say why this is the key.`]),
  ]
}

function upcasterFaults(name: string, version: unknown, upcasters: unknown): readonly string[] {
  if (!isObject(upcasters)) return [`upcasters of ${name} must be functions by version.`]
  return Object.entries(upcasters).flatMap(([from, upcast]) => {
    const isBelow = /^[1-9][0-9]*$/.test(from) && !(isWhole(version) && Number(from) >= version)
    return [
      ...(isBelow
        ? []
        : [`upcasters of ${name} has ${from}: each stands under a version below that of ${name}.`]),
      ...(typeof upcast === 'function'
        ? []
        : [`upcasters of ${name} must have a function under ${from}.`]),
    ]
  })
}

function isWhole(version: unknown): version is number {
  return Number.isSafeInteger(version) && (version as number) >= 1
}

function isFilled(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== ''
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string')
}
