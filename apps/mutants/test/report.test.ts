import { expect, test } from 'vitest'

import type { Verdict } from '../src/mutant.ts'
import { lineOf, reportOf, sumOf } from '../src/report.ts'
import { aMutant } from './a-mutant.ts'

const VERDICTS: Record<string, Verdict> = {
  seen: { kind: 'killed', by: 'test/add.test.ts: one and one are two' },
  unseen: { kind: 'survived' },
  old: { kind: 'stale', matches: 2 },
  wrong: { kind: 'broken', cause: 'it does not compile' },
}
const judgements = Object.entries(VERDICTS).map(([name, verdict]) => {
  return { mutant: aMutant({ name }), verdict }
})

test('only what was killed counts as killed; all others are named', () => {
  const report = reportOf(judgements)
  expect(report).toEqual({
    mutants: 4,
    killed: 1,
    survived: ['unseen'],
    stale: ['old'],
    broken: ['wrong'],
  })
  expect(sumOf(report)).toBe(
    '1 of 4 planted bugs were seen; survived: unseen; stale: old; broken: wrong',
  )
})

test('a line tells by which test, or what is to be mended', () => {
  expect(judgements.map(lineOf)).toEqual([
    'killed    seen: test/add.test.ts: one and one are two',
    'SURVIVED  unseen (One and one are nothing.): green: test/add.test.ts: one and one are two',
    'STALE     old: its text stands 2 times in src/add.ts',
    'BROKEN    wrong: it does not compile',
  ])
})
