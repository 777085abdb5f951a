// relay dead list: the unresolved dead letters, newest first, a page at a time.

import { DEAD_REASONS } from '@retention-relay/events'
import type { DeadReason } from '@retention-relay/events'
import { listDeadLetters } from '@retention-relay/ops'
import type { DeadLetterPage, DeadLetterQuery, DeadLetterSummary } from '@retention-relay/ops'

import { CliError } from '../cli-error.ts'
import { EXIT } from '../exit-codes.ts'
import { formatCount, formatCountOf, formatTime, printable } from '../output/format.ts'
import { styleOf } from '../output/style.ts'
import { cutLine, formatTable } from '../output/table.ts'
import type { Column } from '../output/table.ts'
import { writeJson } from '../surroundings.ts'
import type { Surroundings } from '../surroundings.ts'
import { JSON_FLAG, NAMESPACE_FLAG, valueOf } from '../verb.ts'
import type { Arguments, Verb } from '../verb.ts'
import { unknownNamespace, withRelayOrStop } from '../with-relay.ts'

const DEFAULT_LIMIT = 20
const MOST = 10_000

/** The verb. */
export const deadListVerb: Verb = {
  name: 'dead list',
  positionals: [],
  flags: [
    JSON_FLAG,
    NAMESPACE_FLAG,
    {
      name: 'limit',
      value: 'COUNT',
      summary: `Most letters on the page, 1 to ${formatCount(MOST)}. Default ${DEFAULT_LIMIT}.`,
    },
    { name: 'after', value: 'CURSOR', summary: 'Go on where the last page ended.' },
    { name: 'reason', value: 'REASON', summary: `Only this reason: ${DEAD_REASONS.join(', ')}.` },
    { name: 'event', value: 'NAME', summary: 'Only events of this name or kind.' },
  ],
  summary: 'List dead letters, newest first.',
  run: deadList,
}

const COLUMNS: readonly Column[] = [
  { title: 'id' },
  { title: 'died' },
  { title: 'reason' },
  { title: 'status', align: 'right' },
  { title: 'event' },
  { title: 'customer' },
  { title: 'deaths', align: 'right' },
  { title: 'message' },
]

async function deadList(args: Arguments, surroundings: Surroundings): Promise<number> {
  const query = readQuery(args)
  const page = await withRelayOrStop(args, surroundings, async ({ connection, namespace }) => {
    const found = await listDeadLetters(connection, namespace, query)
    if (found === null) throw unknownNamespace(namespace)
    return found
  })
  if (args.flags['json'] === true) writeJson(surroundings.out, page)
  else print(page, surroundings)
  return EXIT.ok
}

function readQuery(args: Arguments): DeadLetterQuery {
  const after = valueOf(args, 'after')
  const reason = valueOf(args, 'reason')
  const label = valueOf(args, 'event')
  if (reason !== undefined && !DEAD_REASONS.some((known) => known === reason)) {
    throw new CliError('usage', `--reason must be one of ${DEAD_REASONS.join(', ')}.`)
  }
  return {
    limit: readLimit(valueOf(args, 'limit') ?? String(DEFAULT_LIMIT)),
    ...(after === undefined ? {} : { after }),
    ...(reason === undefined ? {} : { reason: reason as DeadReason }),
    ...(label === undefined ? {} : { label }),
  }
}

function readLimit(text: string): number {
  const limit = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (limit < 1 || limit > MOST) {
    throw new CliError('usage', `--limit must be a whole number from 1 to ${MOST}.`)
  }
  return limit
}

function print({ letters, next, total }: DeadLetterPage, { out, env }: Surroundings): void {
  if (letters.length === 0) {
    out.write(
      total === 0 ? 'no dead letters\n' : `none of ${formatCountOf(total, 'dead letter')}\n`,
    )
    return
  }
  const style = styleOf(out, env)
  const lines = formatTable(COLUMNS, letters.map(row))
  const [head = '', ...body] = lines.map((line) => cutLine(line, out))
  const foot = [
    `${formatCount(letters.length)} of ${formatCountOf(total, 'dead letter')}`,
    ...(next === null ? [] : [`next page: --after ${next}`]),
    'relay dead show ID shows one, relay dead replay ID sends it again',
  ]
  out.write(`${[style.dim(head), ...body, '', style.dim(foot.join('; '))].join('\n')}\n`)
}

function row(letter: DeadLetterSummary): string[] {
  const { field, message = '' } = letter
  return [
    letter.id,
    formatTime(letter.diedAt),
    letter.reason,
    String(letter.status ?? '-'),
    letter.label || '-',
    letter.customerId ?? '-',
    String(letter.deaths),
    field === undefined ? message : `${field}: ${message}`,
  ].map((cell) => printable(cell))
}
