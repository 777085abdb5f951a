// The bench on a small repository of its own, with the real compiler and the real vitest: a bug that a test sees, one that
// none sees, one that does not compile, and one under which a test never ends.
import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

import { faultsWithoutBug, judgeAll } from '../src/judge.ts'
import type { Mutant } from '../src/mutant.ts'
import { openBench } from '../src/repository-bench.ts'
import { aMutant } from './a-mutant.ts'

const FILES = {
  'package.json': '{ "type": "module" }',
  'tsconfig.json': JSON.stringify({
    compilerOptions: { strict: true, rootDir: 'src', outDir: 'dist', types: [] },
    include: ['src'],
  }),
  'vitest.config.ts': "export default { test: { projects: [{ test: { name: 'unit' } }] } }\n",
  '.gitignore': 'node_modules\n.relay\n',
  'src/add.ts':
    'export function add(one: number, other: number): number {\n  while (one < 0) one += 1\n  return one + other\n}\n',
  'test/add.test.ts': `import { expect, test } from 'vitest'
import { add } from '../src/add.ts'
test('one and one are two', () => expect(add(1, 1)).toBe(2))
test('nothing and nothing are nothing', () => expect(add(0, 0)).toBe(0))
`,
}

function setup(timeoutMs = 60_000) {
  const root = mkdtempSync(join(tmpdir(), 'relay-small-'))
  for (const [file, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), text)
  }
  execFileSync('git', ['init', '--quiet'], { cwd: root })
  const packages = fileURLToPath(new URL('../../../node_modules', import.meta.url))
  symlinkSync(packages, join(root, 'node_modules'))
  const { signal } = new AbortController()
  const bench = openBench(root, timeoutMs, signal)
  onTestFinished(() => {
    bench.remove()
    rmSync(root, { recursive: true })
  })
  const judge = async (mutants: readonly Mutant[]) => {
    const judgements = await judgeAll(mutants, { benches: [bench], told: () => undefined, signal })
    return judgements.map(({ verdict }) => verdict)
  }
  return { root, bench, judge }
}

test('a bug is planted in the copy alone; it is killed, survives or is broken as the tests say', async () => {
  const { root, bench, judge } = setup()
  const seen = aMutant()
  const unseen = aMutant({ test: { ...seen.test, name: 'nothing and nothing are' } })
  expect(await faultsWithoutBug([seen, unseen], bench)).toEqual([])
  const verdicts = await judge([seen, unseen, aMutant({ replace: "one + '' + other" })])
  expect(verdicts).toEqual([
    { kind: 'killed', by: 'test/add.test.ts: one and one are two' },
    { kind: 'survived' },
    { kind: 'broken', cause: expect.stringContaining('add.ts') },
  ])
  expect(readFileSync(join(root, 'src/add.ts'), 'utf8')).toBe(FILES['src/add.ts'])
  expect(existsSync(join(root, 'dist'))).toBe(false)
})

test('a test that never ends is ended, with all that it started, and is no kill', async () => {
  const { judge } = setup(5_000)
  const [verdict] = await judge([aMutant({ find: 'one < 0', replace: 'one === one' })])
  expect(verdict).toMatchObject({ kind: 'broken' })
})
