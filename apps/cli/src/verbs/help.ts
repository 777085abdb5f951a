// relay help [VERB]: what there is and how it is written, from the verbs' own declarations.

import { CliError } from '../cli-error.ts'
import { EXIT } from '../exit-codes.ts'
import { writeJson } from '../surroundings.ts'
import type { Surroundings } from '../surroundings.ts'
import { JSON_FLAG, usageOf } from '../verb.ts'
import type { Arguments, Verb } from '../verb.ts'

/** The verb; `verbs` are the others. */
export function helpVerb(verbs: readonly Verb[]): Verb {
  const help: Verb = {
    name: 'help',
    positionals: ['[VERB]'],
    flags: [JSON_FLAG],
    summary: 'Show the verbs, or how one of them is written.',
    run: async (args, surroundings) => {
      const named = args.positionals.join(' ')
      const all = [...verbs, help]
      const found = named === '' ? undefined : all.filter(({ name }) => isPart(named, name))
      if (found?.length === 0)
        throw new CliError('usage', `There is no verb ${named}. Say relay help.`)
      print(found ?? all, named === '' ? 'all' : 'some', args, surroundings)
      return EXIT.ok
    },
  }
  return help
}

/** `dead` stands for all verbs that begin with it. */
function isPart(named: string, name: string): boolean {
  return name === named || name.startsWith(`${named} `)
}

function print(
  verbs: readonly Verb[],
  which: 'all' | 'some',
  { flags }: Arguments,
  { out }: Surroundings,
): void {
  if (flags['json'] === true) {
    writeJson(out, { verbs: verbs.map((verb) => describe(verb)) })
    return
  }
  out.write(which === 'all' ? overview(verbs) : verbs.map((verb) => verbHelp(verb)).join('\n'))
}

function describe({ name, positionals, flags, summary }: Verb): object {
  return { name, positionals, flags, summary }
}

function overview(verbs: readonly Verb[]): string {
  const names = verbs.map((verb) => ['relay', verb.name, ...verb.positionals].join(' '))
  const width = Math.max(...names.map((name) => name.length))
  const lines = verbs.map(
    (verb, index) => `  ${(names[index] ?? '').padEnd(width)}  ${verb.summary}`,
  )
  return `${lines.join('\n')}\n\nrelay help VERB shows the flags of one; docs/cli.md has the rest.\n`
}

function verbHelp(verb: Verb): string {
  const names = verb.flags.map(
    ({ name, value }) => `--${name}${value === undefined ? '' : ` ${value}`}`,
  )
  const width = Math.max(0, ...names.map((name) => name.length))
  const flags = verb.flags.map(
    ({ summary }, index) => `  ${(names[index] ?? '').padEnd(width)}  ${summary}`,
  )
  return `${usageOf(verb)}\n${verb.summary}\n${flags.join('\n')}\n`
}
