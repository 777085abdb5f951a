// `npm run mutants`: plants the bugs of the list, one at a time, in copies of the repository, and runs the test that must
// see each. Exit code 0 only if all were seen.

import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'

import { allMutants } from './all-mutants.ts'
import { readCommandLine, USAGE } from './command-line.ts'
import { faultsWithoutBug, judgeAll } from './judge.ts'
import type { Judgement, Mutant } from './mutant.ts'
import { entryOf, lineOf, reportOf, sumOf } from './report.ts'
import { openBench } from './repository-bench.ts'

/** The same place seen from `src` and from `dist`. */
const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
/** Mutants that are judged at a time. */
const LANES = Math.min(availableParallelism(), 4)
/** Longest run of the compiler or of tests. */
const RUN_TIMEOUT_MS = 300_000

const say = (line: string): void => void process.stderr.write(`${line}\n`)
const print = (line: string): void => void process.stdout.write(`${line}\n`)

const command = readCommandLine(process.argv.slice(2), allMutants)
switch (command.kind) {
  case 'help':
    print(USAGE)
    break
  case 'list':
    for (const mutant of allMutants) print(entryOf(mutant))
    break
  case 'wrong':
    say(`${command.message}\n\n${USAGE}`)
    process.exitCode = 2
    break
  case 'run':
    process.exitCode = await runAll(command.mutants, command.json)
}

async function runAll(mutants: readonly Mutant[], json: boolean): Promise<number> {
  const stop = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort())
  const { signal } = stop
  const benches = Array.from({ length: LANES }, () => openBench(ROOT, RUN_TIMEOUT_MS, signal))
  try {
    const faults = await faultsWithoutBug(mutants, benches[0]!)
    if (!signal.aborted) for (const fault of faults) say(fault)
    if (faults.length > 0) return 1
    say(`the tests are green without a bug; ${mutants.length} bugs follow`)
    const told = (judgement: Judgement): void => say(lineOf(judgement))
    const report = reportOf(await judgeAll(mutants, { benches, told, signal }))
    print(json ? JSON.stringify(report) : sumOf(report))
    return report.killed === mutants.length ? 0 : 1
  } finally {
    for (const bench of benches) bench.remove()
  }
}
