import { expect, test } from 'vitest'

import { readCommandLine } from '../src/command-line.ts'

test('without flags it is one run of a fresh seed', () => {
  expect(readCommandLine([], 42)).toEqual({
    kind: 'run',
    order: { runs: 1, seed: 42, loadMs: 10_000, consumer: 'relay', json: false },
  })
})

test('every flag is read', () => {
  const flags = '--runs 3 --seed 9 --duration 5 --consumer stock --json'.split(' ')
  expect(readCommandLine(flags, 42)).toEqual({
    kind: 'run',
    order: { runs: 3, seed: 9, loadMs: 5000, consumer: 'stock', json: true },
  })
  expect(readCommandLine(['--help'], 42)).toEqual({ kind: 'help' })
  const files = { relay: 'relay.json', control: 'control.json' }
  expect(readCommandLine(['--write', ...Object.values(files)], 42)).toEqual({
    kind: 'write',
    ...files,
  })
})

test.each([
  [['--runs', '0'], '--runs must be a whole number'],
  [['--seed', 'x'], '--seed must be a whole number'],
  [['--duration', '1.5'], '--duration must be a whole number'],
  [['--consumer', 'other'], '--consumer must be relay or stock'],
  [['--sed', '1'], '--sed'],
  [['--write', 'relay.json'], '--write takes two files'],
  [['12'], "what does '12' mean?"],
])('%j is refused with a message that names the flag', (flags, message) => {
  const read = readCommandLine(flags, 42)
  expect(read.kind === 'wrong' && read.message).toContain(message)
})
