// From the words of the command line to a verb and its arguments. The verb's words come first; then flags and
// arguments in any order.

import { parseArgs } from 'node:util'

import { CliError } from './cli-error.ts'
import type { Arguments, Verb } from './verb.ts'
import { usageOf } from './verb.ts'

/** A verb and what it was told. */
export interface Command {
  readonly verb: Verb
  readonly args: Arguments
}

/** @throws CliError `usage`. */
export function readCommand(words: readonly string[], verbs: readonly Verb[]): Command {
  const asked = words.length === 0 || words[0] === '--help' || words[0] === '-h'
  const all = asked ? ['help', ...words.slice(1)] : words
  const verb = findVerb(all, verbs)
  const rest = all.slice(verb.name.split(' ').length)
  if (rest.includes('--help') || rest.includes('-h')) return helpOf(verb, verbs)
  const args = readArguments(rest, verb)
  checkPositionals(args, verb)
  return { verb, args }
}

function findVerb(words: readonly string[], verbs: readonly Verb[]): Verb {
  const found = verbs.find(({ name }) => {
    return name.split(' ').every((word, index) => words[index] === word)
  })
  if (found !== undefined) return found
  const [first = ''] = words
  if (first.startsWith('-'))
    throw new CliError('usage', 'Write the verb first, for instance relay status --json.')
  const family = verbs.filter(({ name }) => name.startsWith(`${first} `))
  if (family.length > 0) {
    const names = family.map(({ name }) => `relay ${name}`).join(', ')
    throw new CliError('usage', `relay ${first} is followed by another word: ${names}.`)
  }
  const names = verbs.map(({ name }) => name).join(', ')
  throw new CliError('usage', `There is no verb ${JSON.stringify(first)}. There are: ${names}.`)
}

function helpOf(verb: Verb, verbs: readonly Verb[]): Command {
  const help = verbs.find(({ name }) => name === 'help') ?? verb
  return { verb: help, args: { positionals: verb.name.split(' '), flags: {} } }
}

function readArguments(words: readonly string[], verb: Verb): Arguments {
  const options = Object.fromEntries(
    verb.flags.map(({ name, value }) => {
      return [name, { type: value === undefined ? ('boolean' as const) : ('string' as const) }]
    }),
  )
  try {
    const { values, positionals } = parseArgs({ args: [...words], options, allowPositionals: true })
    return { positionals, flags: values as Arguments['flags'] }
  } catch (error) {
    // Node's own sentence; what follows it is advice about dashes.
    const [fault = ''] = error instanceof Error ? error.message.split('. ') : []
    throw new CliError('usage', `${fault.replace(/\.$/, '')}. Usage: ${usageOf(verb)}`)
  }
}

function checkPositionals({ positionals }: Arguments, verb: Verb): void {
  const needed = verb.positionals.filter((name) => !name.startsWith('['))
  const most = verb.name === 'help' ? Number.POSITIVE_INFINITY : verb.positionals.length
  if (positionals.length < needed.length) {
    throw new CliError('usage', `${needed.join(' and ')} is missing. Usage: ${usageOf(verb)}`)
  }
  if (positionals.length > most) {
    const extra = JSON.stringify(positionals[most])
    throw new CliError('usage', `${extra} is one word too many. Usage: ${usageOf(verb)}`)
  }
}
