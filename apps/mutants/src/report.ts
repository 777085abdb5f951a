// What is printed: a line for each mutant as it is judged, and at the end the sum.

import type { Judgement, Mutant } from './mutant.ts'

/** The sum of a run, as the last line with `--json` shows it. */
export interface Report {
  readonly mutants: number
  readonly killed: number
  /** Names. */
  readonly survived: readonly string[]
  readonly stale: readonly string[]
  readonly broken: readonly string[]
}

/** Sums up. */
export function reportOf(judgements: readonly Judgement[]): Report {
  const named = (kind: Judgement['verdict']['kind']): string[] =>
    judgements.filter(({ verdict }) => verdict.kind === kind).map(({ mutant }) => mutant.name)
  return {
    mutants: judgements.length,
    killed: named('killed').length,
    survived: named('survived'),
    stale: named('stale'),
    broken: named('broken'),
  }
}

/** One judgement, in a line or two. */
export function lineOf({ mutant, verdict }: Judgement): string {
  const { name, breaks, file, test } = mutant
  switch (verdict.kind) {
    case 'killed':
      return `killed    ${name}: ${verdict.by}`
    case 'survived':
      return `SURVIVED  ${name} (${breaks}): green: ${test.file}: ${test.name}`
    case 'stale':
      return `STALE     ${name}: its text stands ${verdict.matches} times in ${file}`
    case 'broken':
      return `BROKEN    ${name}: ${verdict.cause}`
  }
}

/** The sum, for a person. */
export function sumOf({ mutants, killed, survived, stale, broken }: Report): string {
  const others = Object.entries({ survived, stale, broken })
    .filter(([, names]) => names.length > 0)
    .map(([kind, names]) => `; ${kind}: ${names.join(', ')}`)
  return `${killed} of ${mutants} planted bugs were seen${others.join('')}`
}

/** What `--list` shows of one. */
export function entryOf({ name, breaks, file }: Mutant): string {
  return `${name}\n    ${breaks} (${file})`
}
