// The list against the sources as they are: a change of a source that a bug is planted in must take the bug along.
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

import { allMutants } from '../src/all-mutants.ts'
import { plant } from '../src/plant.ts'

const inRepository = (path: string): string =>
  fileURLToPath(new URL(`../../../${path}`, import.meta.url))

test('every planted bug has a name of its own, in kebab-case', () => {
  const names = allMutants.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  for (const name of names) expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
})

test.each(allMutants.map((mutant) => [mutant.name, mutant] as const))(
  '%s still stands once in its source, and changes it',
  (_, mutant) => {
    const source = readFileSync(inRepository(mutant.file), 'utf8')
    const planted = plant(source, mutant)
    expect(planted.kind).toBe('planted')
    expect(planted).not.toHaveProperty('source', source)
    expect(existsSync(inRepository(mutant.test.file))).toBe(true)
  },
)
