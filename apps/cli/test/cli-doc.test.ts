// docs/cli.md and the code say the same, both ways. The shapes of the JSON objects are compared in cli.e2e.test.ts.

import { expect, test } from 'vitest'

import { EXIT } from '../src/exit-codes.ts'
import { VERBS } from '../src/verbs.ts'
import { readCliDoc, sectionOf } from './cli-doc.ts'

test('every verb has its section, and every section of a verb its verb', () => {
  const titles = readCliDoc().map(({ title }) => title)
  const sections = titles.filter((title) => title.startsWith('relay '))
  expect(sections).toEqual(VERBS.map(({ name }) => `relay ${name}`))
})

test.each(VERBS)('the flags of relay $name are those of its section', ({ name, flags }) => {
  const written = flags.map(({ name: flag, value, summary }) => {
    return [value === undefined ? `--${flag}` : `--${flag} ${value}`, summary]
  })
  expect(sectionOf(`relay ${name}`).rows).toEqual(written)
})

test.each(VERBS.filter(({ positionals }) => positionals.length > 0))(
  'the section of relay $name shows its arguments',
  ({ name, positionals }) => {
    const usage = ['relay', name, ...positionals].join(' ')
    expect(sectionOf(`relay ${name}`).text).toContain(`\`${usage}\``)
  },
)

test('the exit codes are those of the table', () => {
  const rows = sectionOf('Exit codes').rows.map(([code, name]) => [name, Number(code)])
  expect(Object.fromEntries(rows)).toEqual(EXIT)
})
