// The command line, and what is wrong with it.

import { expect, test } from 'vitest'

import type { CliError } from '../src/cli-error.ts'
import { readCommand } from '../src/read-command.ts'
import { VERBS } from '../src/verbs.ts'

function read(line: string): { verb: string; positionals: readonly string[]; flags: object } {
  const { verb, args } = readCommand(line.split(' ').filter(Boolean), VERBS)
  return { verb: verb.name, positionals: args.positionals, flags: { ...args.flags } }
}

function faultOf(line: string): CliError {
  try {
    read(line)
  } catch (error) {
    return error as CliError
  }
  throw new Error('the line was understood')
}

test.each([
  ['status', { verb: 'status', positionals: [], flags: {} }],
  ['status --json', { verb: 'status', positionals: [], flags: { json: true } }],
  ['dead show ABC', { verb: 'dead show', positionals: ['ABC'], flags: {} }],
  [
    'dead list --limit 5 --json --reason=oversize',
    { verb: 'dead list', positionals: [], flags: { limit: '5', json: true, reason: 'oversize' } },
  ],
  [
    'send events.ndjson --namespace staging',
    { verb: 'send', positionals: ['events.ndjson'], flags: { namespace: 'staging' } },
  ],
  ['send - --rejects bad', { verb: 'send', positionals: ['-'], flags: { rejects: 'bad' } }],
])('%s', (line, command) => {
  expect(read(line)).toEqual(command)
})

test.each(['', '--help', '-h', 'help'])('%j asks for help', (line) => {
  expect(read(line)).toMatchObject({ verb: 'help', positionals: [] })
})

test.each(['dead show --help', 'dead show X -h', 'help dead show'])(
  '%s asks how the verb is written',
  (line) => {
    expect(read(line)).toMatchObject({ verb: 'help', positionals: ['dead', 'show'] })
  },
)

test.each([
  ['sned', '"sned"'],
  ['dead', 'relay dead list'],
  ['dead lits', 'relay dead list'],
  ['--json status', 'verb first'],
  ['status --jsno', '--jsno'],
  ['status extra', '"extra"'],
  ['dead show', 'ID is missing'],
  ['dead list --limit', '--limit'],
  ['dead replay A B', '"B"'],
  ['status --json=yes', '--json'],
])('%s is refused, and the message names the fault', (line, named) => {
  const { kind, message } = faultOf(line)
  expect(kind).toBe('usage')
  expect(message).toContain(named)
  expect(message).not.toContain('\n')
})
