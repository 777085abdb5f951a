// The flags of `npm run mutants`, read strictly.

import { parseArgs } from 'node:util'

import type { Mutant } from './mutant.ts'

/** How the command line was understood. */
export type CommandLine =
  | { readonly kind: 'run'; readonly mutants: readonly Mutant[]; readonly json: boolean }
  | { readonly kind: 'list' }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly message: string }

export const USAGE = `Usage: npm run mutants -- [flags]

  --only NAME[,NAME]  these alone
  --list              the planted bugs and what each breaks
  --json              one JSON object as the last line
  --help              this text

Plants each bug in a copy of the repository and runs the test that must see it. Exit code 0 only if every bug was seen.`

const FLAGS = {
  only: { type: 'string' },
  list: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

/** Reads the flags; `all` are the mutants that there are. */
export function readCommandLine(args: readonly string[], all: readonly Mutant[]): CommandLine {
  try {
    const { values } = parseArgs({ args: [...args], options: FLAGS, strict: true })
    if (values.help) return { kind: 'help' }
    if (values.list) return { kind: 'list' }
    const mutants = values.only === undefined ? all : choose(values.only.split(','), all)
    return { kind: 'run', mutants, json: values.json }
  } catch (error) {
    return { kind: 'wrong', message: error instanceof Error ? error.message : String(error) }
  }
}

function choose(names: readonly string[], all: readonly Mutant[]): readonly Mutant[] {
  const unknown = names.filter((name) => !all.some((mutant) => mutant.name === name))
  if (unknown.length > 0) throw new RangeError(`there is no mutant ${unknown.join(', ')}`)
  return all.filter((mutant) => names.includes(mutant.name))
}
