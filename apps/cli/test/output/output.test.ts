// Text for people: aligned, cut only on a terminal, coloured only on a terminal, and free of control characters.

import { expect, test } from 'vitest'

import { formatCount, formatDuration, formatTime, printable } from '../../src/output/format.ts'
import { styleOf } from '../../src/output/style.ts'
import { cutLine, formatTable } from '../../src/output/table.ts'

const PIPE = { isTerminal: false }
const write = (): void => undefined

test('columns are aligned, numbers to the right, without blanks at the end', () => {
  const columns = [{ title: 'n', align: 'right' }, { title: 'name' }, { title: 'x' }] as const
  const rows = [
    ['1', 'one', 'a'],
    ['10', 'né', ''],
  ]
  expect(formatTable(columns, rows)).toEqual([' n  name  x', ' 1  one   a', '10  né'])
})

test('a line is cut to the width of a terminal, and never on a pipe', () => {
  const line = 'a message that is long'
  expect(cutLine(line, { isTerminal: true, columns: 10 })).toBe('a message…')
  expect(cutLine(line, { isTerminal: true, columns: line.length })).toBe(line)
  expect(cutLine(line, { isTerminal: false, columns: 10 })).toBe(line)
})

test('colours appear on a terminal only, and NO_COLOR switches them off', () => {
  const terminal = { write, isTerminal: true }
  expect(styleOf(terminal, {}).red('x')).toBe('\u001b[31mx\u001b[0m')
  expect(styleOf(terminal, { NO_COLOR: '1' }).red('x')).toBe('x')
  expect(styleOf({ write, ...PIPE }, {}).red('x')).toBe('x')
})

test.each([
  [0, '0 ms'],
  [999, '999 ms'],
  [1500, '1.5 s'],
  [119_000, '119 s'],
  [120_000, '2 min'],
  [3_600_000 * 3.5, '3.5 h'],
  [86_400_000 * 3, '3 d'],
])('%d ms are %s', (durationMs, text) => {
  expect(formatDuration(durationMs)).toBe(text)
})

test('counts have separators and times are those of UTC', () => {
  expect(formatCount(1_234_567)).toBe('1,234,567')
  expect(formatTime(1_767_225_600_000)).toBe('2026-01-01 00:00:00Z')
})

test('what comes from outside cannot give a terminal orders', () => {
  expect(printable('a\u001b[2Jb\u0007\nc\u009bd é')).toBe(
    'a\u{FFFD}[2Jb\u{FFFD}\u{FFFD}c\u{FFFD}d é',
  )
})
