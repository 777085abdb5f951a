// relay resume --why TEXT: ends a pause of the namespace.

import { userInfo } from 'node:os'

import { resumeNamespace } from '@retention-relay/ops'

import { CliError } from '../cli-error.ts'
import { EXIT } from '../exit-codes.ts'
import { printable } from '../output/format.ts'
import { writeJson } from '../surroundings.ts'
import type { Surroundings } from '../surroundings.ts'
import { JSON_FLAG, NAMESPACE_FLAG, usageOf, valueOf } from '../verb.ts'
import type { Arguments, Verb } from '../verb.ts'
import { unknownNamespace, withRelay } from '../with-relay.ts'

/** The verb. */
export const resumeVerb: Verb = {
  name: 'resume',
  positionals: [],
  flags: [
    { name: 'why', value: 'TEXT', summary: 'Why sending may go on. Needed; it is written down.' },
    { name: 'who', value: 'NAME', summary: 'Who says so. Default: the user of this machine.' },
    JSON_FLAG,
    NAMESPACE_FLAG,
  ],
  summary: 'End a pause of the namespace.',
  run: resume,
}

async function resume(args: Arguments, surroundings: Surroundings): Promise<number> {
  const why = valueOf(args, 'why')?.trim() ?? ''
  if (why === '') throw new CliError('usage', `--why is missing. Usage: ${usageOf(resumeVerb)}`)
  const who = valueOf(args, 'who') ?? userInfo().username
  const { result, namespace } = await withRelay(args, surroundings, async (relay) => {
    const ended = await resumeNamespace(relay.connection, relay.namespace, { who, why })
    if (ended === null) throw unknownNamespace(relay.namespace)
    return { result: ended, namespace: relay.namespace }
  })
  if (args.flags['json'] === true) writeJson(surroundings.out, { namespace, ...result })
  else if (result.kind === 'not_paused') surroundings.out.write(`${namespace} is not paused\n`)
  else {
    const detail = printable(result.pause.detail)
    surroundings.out.write(`${namespace} goes on; it was paused since ${detail}\n`)
  }
  return EXIT.ok
}
