import { expect, test } from 'vitest'

import { readCommandLine } from '../src/command-line.ts'
import { aMutant } from './a-mutant.ts'

const all = ['a', 'b', 'c'].map((name) => aMutant({ name }))

test('without flags every mutant is judged', () => {
  expect(readCommandLine([], all)).toEqual({ kind: 'run', mutants: all, json: false })
})

test('every flag is read', () => {
  expect(readCommandLine(['--only', 'c,a', '--json'], all)).toEqual({
    kind: 'run',
    mutants: [all[0], all[2]],
    json: true,
  })
  expect(readCommandLine(['--list'], all)).toEqual({ kind: 'list' })
  expect(readCommandLine(['--help'], all)).toEqual({ kind: 'help' })
})

test.each([
  [['--only', 'a,d'], 'there is no mutant d'],
  [['--onyl', 'a'], '--onyl'],
  [['a'], 'a'],
])('%j is refused with a message that names it', (flags, message) => {
  const read = readCommandLine(flags, all)
  expect(read.kind === 'wrong' && read.message).toContain(message)
})
