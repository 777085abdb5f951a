// docs/limits.md has the values that the code has.

import { expect, test } from 'vitest'

import { readDocument } from './documents.ts'

const SECOND = 1000
const DAY = 24 * 60 * 60 * SECOND
/** What a unit of the document is in the unit of a constant. */
const UNITS: Readonly<Record<string, number>> = { '%': 0.01, MiB: 1024 * 1024, days: DAY }

interface Row {
  readonly bound: string
  readonly value: string
  readonly name: string
  readonly path: string
}

/** Cells of all rows. */
const CELLS: readonly (readonly string[])[] = readDocument('docs/limits.md')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (?:bound|-+) +\|/.test(line))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )

/** Rows that tell where their value is set: `name` path. */
const ROWS: readonly Row[] = CELLS.flatMap(([bound = '', value = '', where = '']) => {
  const [, name, path] = /^`([\w-]+)` (\S+)$/.exec(where) ?? []
  return name === undefined || path === undefined ? [] : [{ bound, value, name, path }]
})

/** Of rows whose value is no number in the source: the test that shows it. */
const SHOWN: readonly string[] = CELLS.flatMap(
  ([, , where = '']) => /^shown by (\S+\.test\.ts)$/.exec(where)?.slice(1) ?? [],
)

/** The value of a constant, of a property, or of a default, as the source says it. */
function valueIn(source: string, name: string): number {
  // The index of the last element that is kept.
  if (name === 'LTRIM') return 1 + Number(/'LTRIM', KEYS\[\d\], 0, (\d+)\)/.exec(source)?.[1])
  const assigned = String.raw`(?<!\w)${name}\b(?:: number)?\s*(?:=|:|\?\?)\s*`
  const inSchema = String.raw`\b${name}: [^]*?\.default\(`
  const product = String.raw`([\d_.]+(?: \* [\d_.]+)*)`
  const [, text] =
    new RegExp(assigned + product).exec(source) ?? new RegExp(inSchema + product).exec(source) ?? []
  if (text === undefined) return Number.NaN
  const factors = text.replaceAll('_', '').split(' * ').map(Number)
  return factors.reduce((result, factor) => result * factor, 1)
}

function valueOf({ value, name }: Row): number {
  const [number = '', unit = ''] = value.replaceAll(',', '').split(' ')
  const inSeconds = name.endsWith('_S') ? 1 / SECOND : 1
  return Number(number) * (UNITS[unit] ?? 1) * inSeconds
}

test('there are rows for the whole way of an event, and each names its source or its test', () => {
  expect(ROWS.length).toBeGreaterThan(40)
  expect(ROWS.length + SHOWN.length).toBe(CELLS.length)
})

test.each(SHOWN)('%s is there', (path) => {
  expect(readDocument(path)).toContain('test')
})

test.each(ROWS)('$bound is $value', (row) => {
  expect(valueIn(readDocument(row.path), row.name)).toBeCloseTo(valueOf(row), 6)
})
