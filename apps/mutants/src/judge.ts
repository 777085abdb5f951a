// Judges mutants: plants the bug, builds, runs the test that must see it, and puts the source back. A red test means
// something only if it is green without a bug, so all of them run once on the sources as they are.

import type { Judgement, Mutant, NamedTest, Verdict } from './mutant.ts'
import { plant } from './plant.ts'

/** How a run of tests ended. */
export interface TestRun {
  readonly passed: readonly NamedTest[]
  readonly failed: readonly NamedTest[]
  /** Why there is no result; null when there is one. */
  readonly fault: string | null
}

/** Where mutants are tried: a copy of the repository. */
export interface Bench {
  /** Text of a file; null when there is none. */
  readonly read: (file: string) => string | null
  readonly write: (file: string, text: string) => void
  /** What the compiler objects to; null when nothing. */
  readonly build: () => Promise<string | null>
  /** Runs the tests that have these names, up to the first red one. */
  readonly test: (tests: readonly NamedTest[]) => Promise<TestRun>
}

/** Why the tests of these mutants prove nothing: red, or not there, without a bug. Empty when they do. */
export async function faultsWithoutBug(
  mutants: readonly Mutant[],
  bench: Bench,
): Promise<readonly string[]> {
  const objection = await bench.build()
  if (objection !== null) return [objection]
  const run = await bench.test(mutants.map(({ test }) => test))
  const red = run.failed.map(({ file, name }) => `red without any bug: ${file}: ${name}`)
  if (red.length > 0) return red
  if (run.fault !== null) return [run.fault]
  return mutants
    .filter(({ test }) => !run.passed.some((passed) => isOf(passed, test)))
    .map(({ name, test }) => `${name}: ${test.file} has no test "${test.name}"`)
}

/** What judging works with. */
export interface JudgeParts {
  /** Each takes the next mutant as soon as it is free. */
  readonly benches: readonly Bench[]
  readonly told: (judgement: Judgement) => void
  readonly signal: AbortSignal
}

/** Judges each mutant and tells each judgement as it comes, until the signal aborts. */
export async function judgeAll(
  mutants: readonly Mutant[],
  { benches, told, signal }: JudgeParts,
): Promise<readonly Judgement[]> {
  const judgements: Judgement[] = []
  const left = [...mutants]
  const judgeNext = async (bench: Bench): Promise<void> => {
    for (let mutant = left.shift(); mutant !== undefined; mutant = left.shift()) {
      const verdict = await judge(mutant, bench)
      if (signal.aborted) return
      judgements.push({ mutant, verdict })
      told({ mutant, verdict })
    }
  }
  await Promise.all(benches.map(judgeNext))
  return judgements
}

async function judge(mutant: Mutant, bench: Bench): Promise<Verdict> {
  const source = bench.read(mutant.file)
  if (source === null) return { kind: 'stale', matches: 0 }
  const planted = plant(source, mutant)
  if (planted.kind === 'stale') return planted
  bench.write(mutant.file, planted.source)
  try {
    const objection = await bench.build()
    if (objection !== null) return { kind: 'broken', cause: objection }
    return verdictOf(await bench.test([mutant.test]))
  } finally {
    bench.write(mutant.file, source)
  }
}

function verdictOf({ passed, failed, fault }: TestRun): Verdict {
  const [red] = failed
  if (red !== undefined) return { kind: 'killed', by: `${red.file}: ${red.name}` }
  if (fault !== null) return { kind: 'broken', cause: fault }
  if (passed.length === 0) return { kind: 'broken', cause: 'no test has this name' }
  return { kind: 'survived' }
}

function isOf(passed: NamedTest, test: NamedTest): boolean {
  return passed.file === test.file && passed.name.includes(test.name)
}
