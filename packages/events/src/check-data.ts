// Checks data against its schema. A fault says where, what is expected and which type was given, and never shows a value, nor a
// name that may be one: values are personal data, and faults end in logs, errors and dead letters.

import type * as z from 'zod'

import type { ObjectSchema } from './event-definition.ts'
import { shownName } from './shown-name.ts'

/** One fault of the data. */
export interface DataFault {
  /** For instance `data.items[0].quantity`. */
  readonly path: string
  readonly expected: string
  /** Type of what was given. */
  readonly got: string
}

/** How a check ended. */
export type CheckedData =
  /** `data`: what the schema makes of the value, a copy. */
  | { readonly kind: 'valid'; readonly data: Record<string, unknown> }
  /** The first ten faults. */
  | { readonly kind: 'invalid'; readonly faults: readonly DataFault[] }
  /** The check itself threw an error of this name: a getter of the data, or a bug of the definition. */
  | { readonly kind: 'threw'; readonly error: string }

const MAX_FAULTS = 10
const MAX_NAME_LENGTH = 64

/** Checks a value; `root` begins the paths of its faults. */
export function checkData(schema: ObjectSchema, value: unknown, root: string): CheckedData {
  try {
    const result = schema.safeParse(value)
    if (result.success) return { kind: 'valid', data: result.data }
    const issues = result.error.issues.slice(0, MAX_FAULTS)
    return { kind: 'invalid', faults: issues.map((issue) => describeIssue(issue, value, root)) }
  } catch (error) {
    // A check that is asynchronous is thrown here too.
    return { kind: 'threw', error: error instanceof Error ? error.name : 'an error' }
  }
}

/** A sentence about what does not match; `what` names the event. */
export function checkMessage(
  what: string,
  checked: Exclude<CheckedData, { kind: 'valid' }>,
): string {
  if (checked.kind === 'threw') return `${what} cannot be checked: ${checked.error} was thrown.`
  const list = checked.faults.map(
    ({ path, expected, got }) => `${path}: ${expected} (it is ${got})`,
  )
  return `${what} does not match its definition. ${list.join('; ')}.`
}

/** The type of a value, in words: never the value. */
export function typeName(value: unknown): string {
  if (value === undefined) return 'missing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (value instanceof Date) return 'a Date'
  if (typeof value === 'number' && !Number.isFinite(value)) return 'not a finite number'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

function describeIssue(issue: z.core.$ZodIssue, value: unknown, root: string): DataFault {
  const path = root + issue.path.map((part) => pathPart(part)).join('')
  return { path, expected: expectationOf(issue), got: typeName(valueAt(value, issue.path)) }
}

function expectationOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    return `no field ${issue.keys.slice(0, MAX_FAULTS).map(short).join(', ')}`
  }
  // zod's own sentence about a type repeats what `got` says; a definition's own sentence stays.
  const isPlain = issue.code === 'invalid_type' && issue.message.startsWith('Invalid input: ')
  return isPlain ? `expected ${issue.expected}` : issue.message
}

function pathPart(part: PropertyKey): string {
  return typeof part === 'number' ? `[${part}]` : `.${short(String(part))}`
}

function short(name: string): string {
  const shown = shownName(name)
  return shown.length > MAX_NAME_LENGTH ? `${shown.slice(0, MAX_NAME_LENGTH)}…` : shown
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value
  for (const part of path) {
    if (typeof at !== 'object' || at === null) return undefined
    at = (at as Record<PropertyKey, unknown>)[part]
  }
  return at
}
