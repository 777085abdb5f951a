// The report that vitest writes of a run, in its JSON form.

import { relative } from 'node:path'

import type { TestRun } from './judge.ts'
import type { NamedTest } from './mutant.ts'

interface Report {
  readonly testResults: readonly {
    /** The file. */
    readonly name: string
    readonly message: string
    readonly status: string
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[]
  }[]
}

/** Reads a report. `folder` is where the tests lie. */
export function readReport(text: string, folder: string): TestRun {
  const { testResults } = JSON.parse(text) as Report
  const named = (status: string): NamedTest[] =>
    testResults.flatMap(({ name, assertionResults }) =>
      assertionResults
        .filter((test) => test.status === status)
        .map((test) => ({ file: relative(folder, name), name: test.fullName })),
    )
  // A file that cannot be loaded has no failed test.
  const broken = testResults.find(({ status, message }) => status === 'failed' && message !== '')
  return { passed: named('passed'), failed: named('failed'), fault: broken?.message ?? null }
}
