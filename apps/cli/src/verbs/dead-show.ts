// relay dead show ID: one dead letter in full, with its event and every death.

import { showDeadLetter } from '@retention-relay/ops'
import type { FoundDeadLetter } from '@retention-relay/ops'

import { CliError } from '../cli-error.ts'
import { EXIT } from '../exit-codes.ts'
import { formatTime, printable } from '../output/format.ts'
import { styleOf } from '../output/style.ts'
import { writeJson } from '../surroundings.ts'
import type { Surroundings } from '../surroundings.ts'
import { JSON_FLAG, NAMESPACE_FLAG } from '../verb.ts'
import type { Arguments, Verb } from '../verb.ts'
import { unknownNamespace, withRelayOrStop } from '../with-relay.ts'

/** The verb. */
export const deadShowVerb: Verb = {
  name: 'dead show',
  positionals: ['ID'],
  flags: [JSON_FLAG, NAMESPACE_FLAG],
  summary: 'Show one dead letter: why it died, how often, and the event itself.',
  run: deadShow,
}

async function deadShow(args: Arguments, surroundings: Surroundings): Promise<number> {
  const [id = ''] = args.positionals
  const letters = await withRelayOrStop(args, surroundings, async ({ connection, namespace }) => {
    const found = await showDeadLetter(connection, namespace, id)
    if (found === null) throw unknownNamespace(namespace)
    return found
  })
  if (letters.length === 0) throw noSuchLetter(id)
  if (args.flags['json'] === true) writeJson(surroundings.out, { id, letters })
  else print(letters, surroundings)
  return EXIT.ok
}

/** What `show` and `replay` say of an id without a dead letter. */
export function noSuchLetter(id: string): CliError {
  const remedy = 'Correct it, or look it up with relay dead list.'
  return new CliError('wrong', `There is no dead letter ${printable(id)}. ${remedy}`)
}

function print(letters: readonly FoundDeadLetter[], { out, env }: Surroundings): void {
  const style = styleOf(out, env)
  const blocks = letters.map((letter) => {
    const facts = factsOf(letter).map(([name, value]) => {
      return `${style.dim(name.padEnd(10))} ${printable(value)}`
    })
    return [...facts, '', ...contentOf(letter)].join('\n')
  })
  out.write(`${blocks.join('\n\n')}\n`)
}

function factsOf(letter: FoundDeadLetter): [string, string][] {
  const { record, history } = letter
  return [
    ['id', record.id],
    ['state', stateText(letter)],
    ['reason', reasonText(letter)],
    ['message', record.message ?? '-'],
    ['field', record.field ?? '-'],
    ['event', record.label || '-'],
    ['customer', record.customerId ?? '-'],
    ['committed', formatTime(record.committedAt)],
    ['died', `${formatTime(record.diedAt)} (death ${letter.deaths})`],
    [
      'attempts',
      `${record.attempts}${record.maybeDelivered ? ', one may have been delivered' : ''}`,
    ],
    ['partition', String(letter.partition)],
    ['worker', record.worker],
    ...history.map((death): [string, string] => {
      return ['before', `${formatTime(death.diedAt)} ${death.reason}: ${death.message ?? '-'}`]
    }),
  ]
}

function stateText({ state, resolvedBy, resolvedAt }: FoundDeadLetter): string {
  if (state === 'dead') return 'dead'
  const when = resolvedAt === undefined ? '' : ` at ${formatTime(resolvedAt)}`
  return `resolved: ${resolvedBy ?? 'unknown'}${when}`
}

function reasonText({ record }: FoundDeadLetter): string {
  return record.status === undefined ? record.reason : `${record.reason} (HTTP ${record.status})`
}

/** JSON escapes control characters; of a text that could not be read they are replaced. */
function contentOf({ record }: FoundDeadLetter): string[] {
  if (record.event !== undefined) return [JSON.stringify(record.event, null, 2)]
  return [printable(record.raw ?? '(the job had no text for this position)')]
}
