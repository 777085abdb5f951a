// The bench on a real repository: its compiler and its tests, run in a working copy.

import { join } from 'node:path'

import type { Bench, TestRun } from './judge.ts'
import type { NamedTest } from './mutant.ts'
import { readReport } from './read-report.ts'
import { runProgram } from './run-program.ts'
import { WorkingCopy } from './working-copy.ts'

const TSC = 'node_modules/typescript/bin/tsc'
const VITEST = 'node_modules/vitest/vitest.mjs'
/** The report of the last run, in the copy. */
const REPORT = '.relay/report.json'
/** Of the output of a run without a report, so much is told, in UTF-16 units. */
const LAST_WORDS = 1000

/** A bench that can be cleared away. */
export interface RepositoryBench extends Bench {
  readonly remove: () => void
}

/** Makes a bench from the repository at `root`. `timeoutMs` bounds each run of the compiler or the tests. */
export function openBench(root: string, timeoutMs: number, signal: AbortSignal): RepositoryBench {
  const copy = new WorkingCopy(root)
  const { folder } = copy
  const run = (args: readonly string[]): ReturnType<typeof runProgram> =>
    runProgram(args, { folder, timeoutMs, signal })
  return {
    read: (file) => copy.read(file),
    write: (file, text) => copy.write(file, text),
    build: async () => {
      const { code, output } = await run([join(folder, TSC), '--build'])
      return code === 0 ? null : `it does not compile: ${output.trim()}`
    },
    test: async (tests): Promise<TestRun> => {
      copy.delete(REPORT)
      const { output } = await run([join(folder, VITEST), 'run', ...testArguments(tests)])
      const report = copy.read(REPORT)
      if (report !== null) return readReport(report, folder)
      const fault = `the tests came to no end: ${output.slice(-LAST_WORDS)}`
      return { passed: [], failed: [], fault }
    },
    remove: () => copy.remove(),
  }
}

function testArguments(tests: readonly NamedTest[]): string[] {
  const files = [...new Set(tests.map(({ file }) => file))]
  const projects = [...new Set(files.map(projectOf))]
  const names = tests.map(({ name }) => name.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`))
  return [
    ...files,
    ...projects.map((project) => `--project=${project}`),
    `--testNamePattern=${[...new Set(names)].join('|')}`,
    '--bail=1',
    '--reporter=json',
    `--outputFile=${REPORT}`,
  ]
}

/** The project of vitest, by the name of the file. */
function projectOf(file: string): string {
  return /\.(redis|e2e)\.test\.ts$/.exec(file)?.[1] ?? 'unit'
}
