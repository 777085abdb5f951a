// Checks data against its schema. The message says where, what is expected and which type was given, and never shows a
// value: values are personal data, and errors end in logs.

import { RelayError } from '@retention-relay/events'
import type * as z from 'zod'

import { typeName } from './customer-id.ts'

/** One fault of the data. */
export interface DataFault {
  /** For instance `data.items[0].quantity`. */
  readonly path: string
  readonly expected: string
  /** Type of what was given. */
  readonly got: string
}

const MAX_FAULTS = 10
const MAX_NAME_LENGTH = 64

/**
 * Returns what the schema makes of the value: a copy, so that later changes by the caller change nothing.
 * `what` names the event in the message, `root` the value.
 *
 * @throws RelayError `RELAY_EVENT_INVALID`; `details.faults` has the first ten faults.
 */
export function checkData(
  schema: z.ZodType<Record<string, unknown>>,
  value: unknown,
  names: { readonly what: string; readonly root: string },
): Record<string, unknown> {
  const result = parse(schema, value, names.what)
  if (result.success) return result.data
  const faults = result.error.issues
    .slice(0, MAX_FAULTS)
    .map((issue) => describeIssue(issue, value, names.root))
  const list = faults.map(({ path, expected, got }) => `${path}: ${expected} (it is ${got})`)
  const message = `${names.what} does not match its definition. ${list.join('; ')}.`
  throw new RelayError('RELAY_EVENT_INVALID', message, { details: { faults } })
}

function parse(
  schema: z.ZodType<Record<string, unknown>>,
  value: unknown,
  what: string,
): z.ZodSafeParseResult<Record<string, unknown>> {
  try {
    return schema.safeParse(value)
  } catch (error) {
    // A getter of the data, a check of the definition, or a check that is asynchronous.
    const name = error instanceof Error ? error.name : 'an error'
    throw new RelayError('RELAY_EVENT_INVALID', `${what} cannot be checked: ${name} was thrown.`)
  }
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
  return name.length > MAX_NAME_LENGTH ? `${name.slice(0, MAX_NAME_LENGTH)}…` : name
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value
  for (const part of path) {
    if (typeof at !== 'object' || at === null) return undefined
    at = (at as Record<PropertyKey, unknown>)[part]
  }
  return at
}
