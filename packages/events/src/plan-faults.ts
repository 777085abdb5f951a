// What is wrong with a tracking plan, all of it at once. A plan may come from a module that no compiler has seen, and from
// another copy of this package and of zod, so it is judged by what it holds and not by who made it.

import type { Checks } from './event-definition.ts'
import { schemaFault } from './json-schema.ts'

/** Each of `Checks`. */
const CHECKS: readonly unknown[] = ['strict', 'warn', 'off'] satisfies readonly Checks[]

type Fields = Readonly<Record<string, unknown>>

/** One sentence for each fault, with what to do; none for a plan that can be used. */
export function planFaults(plan: unknown): readonly string[] {
  if (!isObject(plan)) return ['A plan is an object.']
  const { events, attributes, unknownEvents } = plan
  return [
    ...eventsFaults(events),
    ...attributesFaults(attributes),
    ...checksFaults('unknownEvents', unknownEvents),
  ]
}

function eventsFaults(events: unknown): readonly string[] {
  if (!isObject(events)) return ['events must hold each definition under its name.']
  return Object.entries(events).flatMap(([name, definition]) => {
    if (!isObject(definition)) return [`${name} must be what defineEvent returns.`]
    const { name: own, version, identifyFirst = 'off' } = definition
    return [
      ...(own === name ? [] : [`What stands under ${name} must have that name.`]),
      ...definitionFaults(name, version, definition),
      ...checksFaults(`identifyFirst of ${name}`, identifyFirst),
    ]
  })
}

function attributesFaults(attributes: unknown): readonly string[] {
  if (!isObject(attributes)) return ['The attributes must be what defineAttributes returns.']
  return definitionFaults('the attributes', attributes['version'] ?? 1, attributes)
}

function definitionFaults(
  name: string,
  version: unknown,
  { schema, checks = 'strict' }: Fields,
): readonly string[] {
  const isVersion = Number.isSafeInteger(version) && (version as number) >= 1
  const fault = schemaFault(schema)
  return [
    ...(isVersion ? [] : [`The version of ${name} must be a whole number from 1.`]),
    ...(fault === null ? [] : [`The schema of ${name} ${fault}`]),
    ...checksFaults(`checks of ${name}`, checks),
  ]
}

function checksFaults(what: string, checks: unknown): readonly string[] {
  return CHECKS.includes(checks) ? [] : [`${what} must be 'strict', 'warn' or 'off'.`]
}

/** A list is no object of names. */
function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
