// The judge over a bench in memory: what it says of a bug that is seen, of one that is not, and of entries of the list that
// have gone wrong.
import { expect, test } from 'vitest'

import { faultsWithoutBug, judgeAll } from '../src/judge.ts'
import type { Bench, TestRun } from '../src/judge.ts'
import type { Judgement, Mutant } from '../src/mutant.ts'
import { aMutant } from './a-mutant.ts'

const SOURCE = 'export const add = (one: number, other: number) => one + other'
const NO_FAULT = { passed: [], failed: [], fault: null }

/** A repository with one source and one test, which is green where `isGreen` says so of the source. */
function setup(isGreen = (source: string): boolean => source.includes('one + other')) {
  const files = new Map([['src/add.ts', SOURCE]])
  const result = { file: 'test/add.test.ts', name: 'adding: one and one are two' }
  const bench: Bench = {
    read: (file) => files.get(file) ?? null,
    write: (file, text) => void files.set(file, text),
    build: () => Promise.resolve(files.get('src/add.ts')!.includes('§') ? 'no such sign' : null),
    test: ([wanted]): Promise<TestRun> => {
      if (!result.name.includes(wanted!.name)) return Promise.resolve(NO_FAULT)
      const key = isGreen(files.get('src/add.ts')!) ? 'passed' : 'failed'
      return Promise.resolve({ ...NO_FAULT, [key]: [result] })
    },
  }
  const judge = async (mutant: Mutant): Promise<Judgement['verdict']> => {
    const { signal } = new AbortController()
    const [judgement] = await judgeAll([mutant], {
      benches: [bench],
      told: () => undefined,
      signal,
    })
    return judgement!.verdict
  }
  return { bench, files, judge }
}

test('a mutant that turns a test red is killed by it', async () => {
  const { judge } = setup()
  expect(await judge(aMutant())).toEqual({
    kind: 'killed',
    by: 'test/add.test.ts: adding: one and one are two',
  })
})

test('a mutant under which the tests stay green has survived', async () => {
  const { judge } = setup(() => true)
  expect(await judge(aMutant())).toEqual({ kind: 'survived' })
})

test.each([
  [{ find: 'two + other' }, 0],
  [{ find: 'one' }, 2],
  [{ file: 'src/gone.ts' }, 0],
])('a mutant whose text does not stand once in its file is stale: %j', async (given, matches) => {
  const { judge } = setup()
  expect(await judge(aMutant(given))).toEqual({ kind: 'stale', matches })
})

test('a mutant that does not compile, or whose test is not there, is broken, not killed', async () => {
  const { judge } = setup()
  expect(await judge(aMutant({ replace: 'one § other' }))).toMatchObject({ kind: 'broken' })
  const absent = { file: 'test/add.test.ts', name: 'no such test' }
  expect(await judge(aMutant({ test: absent }))).toMatchObject({ kind: 'broken' })
})

test('a run of tests that gives no result is no kill', async () => {
  const { bench } = setup()
  const hung: Bench = { ...bench, test: () => Promise.resolve({ ...NO_FAULT, fault: 'no end' }) }
  const { signal } = new AbortController()
  const judgements = await judgeAll([aMutant()], { benches: [hung], told: () => undefined, signal })
  expect(judgements.map(({ verdict }) => verdict)).toEqual([{ kind: 'broken', cause: 'no end' }])
})

test('whatever becomes of a mutant, the source is put back', async () => {
  const { judge, files } = setup()
  await judge(aMutant())
  expect(files.get('src/add.ts')).toBe(SOURCE)
  await judge(aMutant({ replace: 'one § other' }))
  expect(files.get('src/add.ts')).toBe(SOURCE)
})

test('several benches share the mutants, each of which is judged once', async () => {
  const mutants = ['a', 'b', 'c', 'd', 'e'].map((name) => aMutant({ name }))
  const told: string[] = []
  const judgements = await judgeAll(mutants, {
    benches: [setup().bench, setup(() => true).bench],
    told: ({ mutant }) => told.push(mutant.name),
    signal: new AbortController().signal,
  })
  expect(told.toSorted()).toEqual(['a', 'b', 'c', 'd', 'e'])
  const kinds = new Set(judgements.map(({ verdict }) => verdict.kind))
  expect(kinds).toEqual(new Set(['killed', 'survived']))
})

test('after an abort no verdict is given: the tests were cut off', async () => {
  const { bench } = setup()
  const stop = new AbortController()
  const cut: Bench = {
    ...bench,
    test: () => {
      stop.abort()
      return Promise.resolve({ ...NO_FAULT, fault: 'cut off' })
    },
  }
  const told = (): never => expect.unreachable()
  expect(await judgeAll([aMutant()], { benches: [cut], told, signal: stop.signal })).toEqual([])
})

test('tests that are red or not there without a bug are faults, named before any bug is planted', async () => {
  expect(await faultsWithoutBug([aMutant()], setup().bench)).toEqual([])
  const red = setup(() => false)
  expect(await faultsWithoutBug([aMutant()], red.bench)).toEqual([
    'red without any bug: test/add.test.ts: adding: one and one are two',
  ])
  const absent = { file: 'test/add.test.ts', name: 'no such test' }
  expect(await faultsWithoutBug([aMutant({ test: absent })], setup().bench)).toEqual([
    'wrong-sign: test/add.test.ts has no test "no such test"',
  ])
})
