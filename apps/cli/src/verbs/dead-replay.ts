// relay dead replay ID: sends one dead letter again, with the same id and time.

import { replayDeadLetter } from '@retention-relay/ops'
import type { ReplayResult, ReplayWarning } from '@retention-relay/ops'

import { CliError } from '../cli-error.ts'
import { EXIT } from '../exit-codes.ts'
import { printable } from '../output/format.ts'
import { styleOf } from '../output/style.ts'
import { writeJson } from '../surroundings.ts'
import type { Surroundings } from '../surroundings.ts'
import { JSON_FLAG, NAMESPACE_FLAG } from '../verb.ts'
import type { Arguments, Verb } from '../verb.ts'
import { unknownNamespace, withRelay } from '../with-relay.ts'
import { noSuchLetter } from './dead-show.ts'

/** The verb. */
export const deadReplayVerb: Verb = {
  name: 'dead replay',
  positionals: ['ID'],
  flags: [JSON_FLAG, NAMESPACE_FLAG],
  summary: 'Send one dead letter again, with the same id and the time at which it happened.',
  run: deadReplay,
}

const WARNINGS: Record<ReplayWarning, string> = {
  maybe_delivered:
    'an earlier attempt may have been delivered: Customer.io drops a repeated event by its id, and does a repeated profile operation again',
  too_old_for_campaigns:
    'it happened more than 72 hours ago: Customer.io stores it and starts no campaign for it',
}

async function deadReplay(args: Arguments, surroundings: Surroundings): Promise<number> {
  const [id = ''] = args.positionals
  const result = await withRelay(args, surroundings, async ({ connection, namespace }) => {
    const ended = await replayDeadLetter(connection, namespace, id)
    if (ended === null) throw unknownNamespace(namespace)
    return ended
  })
  if (result.kind === 'not_found') throw noSuchLetter(id)
  if (args.flags['json'] === true) writeJson(surroundings.out, { ...result, id })
  else print(id, result, surroundings)
  return result.kind === 'replayed' ? EXIT.ok : EXIT.wrong
}

type Ended = Exclude<ReplayResult, { kind: 'not_found' }>

function print(id: string, result: Ended, { out, err, env }: Surroundings): void {
  if (result.kind === 'refused') {
    throw new CliError('wrong', `${printable(id)} is not sent again: ${result.message}.`)
  }
  const style = styleOf(err, env)
  for (const warning of result.warnings) {
    err.write(`${style.yellow('warning')} ${WARNINGS[warning]}\n`)
  }
  const { partition, jobId } = result
  out.write(
    `${printable(id)} is sent again: job ${jobId} in partition ${partition}; relay dead show ${printable(id)} tells when it is resolved\n`,
  )
}
