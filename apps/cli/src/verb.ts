// What a verb is: its words, its flags and arguments, and what it does. The same declaration reads the command line,
// writes the help and is held against docs/cli.md by a test.

import type { Surroundings } from './surroundings.ts'

/** A flag of a verb. */
export interface Flag {
  /** Without the dashes. */
  readonly name: string
  /** What stands behind it, in capitals; without it the flag stands alone. */
  readonly value?: string
  readonly summary: string
}

/** What was written on the command line. */
export interface Arguments {
  readonly positionals: readonly string[]
  /** True for a flag that stands alone. */
  readonly flags: Readonly<Record<string, string | true | undefined>>
}

/** One verb. */
export interface Verb {
  /** For instance `dead list`. */
  readonly name: string
  /** Arguments as the usage shows them; in square brackets the optional ones. */
  readonly positionals: readonly string[]
  readonly flags: readonly Flag[]
  /** One sentence. */
  readonly summary: string
  /** Does it and returns the exit code. Throws what `faultOf` understands. */
  readonly run: (args: Arguments, surroundings: Surroundings) => Promise<number>
}

/** The flag that all verbs have. */
export const JSON_FLAG: Flag = {
  name: 'json',
  summary: 'Print one JSON object instead of text.',
}

/** The flag of the verbs that talk to Redis. */
export const NAMESPACE_FLAG: Flag = {
  name: 'namespace',
  value: 'NAME',
  summary: "Namespace. Default: RELAY_NAMESPACE, or local on the project's own Redis.",
}

/** The flag of the verbs that check events or show what they must look like. */
export const PLAN_FLAG: Flag = {
  name: 'plan',
  value: 'PATH',
  summary: 'Module of the tracking plan. Default: RELAY_TRACKING_PLAN, or the shipped one.',
}

/** The value of a flag that takes one. */
export function valueOf({ flags }: Arguments, name: string): string | undefined {
  const value = flags[name]
  return value === true ? undefined : value
}

/** How a verb is written. */
export function usageOf(verb: Verb): string {
  const flags = verb.flags.map(({ name, value }) =>
    value === undefined ? `[--${name}]` : `[--${name} ${value}]`,
  )
  return ['relay', verb.name, ...verb.positionals, ...flags].join(' ')
}
