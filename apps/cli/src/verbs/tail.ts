// relay tail [NAME]: live events as workers read and deliver them, so that a marketer sees real payloads before building
// a journey. Personal fields are masked by the worker that publishes them.

import { maskContact } from '@retention-relay/events'
import { tailEvents } from '@retention-relay/ops'
import type { TailLine, TailMessage } from '@retention-relay/queue'

import { CliError } from '../cli-error.ts'
import { EXIT } from '../exit-codes.ts'
import { formatCountOf, printable } from '../output/format.ts'
import { writeJson } from '../surroundings.ts'
import type { Surroundings } from '../surroundings.ts'
import { JSON_FLAG, NAMESPACE_FLAG, valueOf } from '../verb.ts'
import type { Arguments, Verb } from '../verb.ts'
import { unknownNamespace, withRelay } from '../with-relay.ts'

/** The verb. */
export const tailVerb: Verb = {
  name: 'tail',
  positionals: ['[NAME]'],
  flags: [
    { name: 'customer', value: 'ID', summary: 'Only this customer.' },
    { name: 'count', value: 'N', summary: 'End after so many lines. Default: at Ctrl-C.' },
    JSON_FLAG,
    NAMESPACE_FLAG,
  ],
  summary: 'Show events as they are read from the queue and delivered, personal fields masked.',
  run: tail,
}

async function tail(args: Arguments, surroundings: Surroundings): Promise<number> {
  const { out, err, stop } = surroundings
  const most = readCount(valueOf(args, 'count'))
  const isWanted = filterOf(args)
  const enough = new AbortController()
  let shown = 0
  const onMessage = ({ lines, skipped }: TailMessage): void => {
    if (skipped > 0) err.write(`${formatCountOf(skipped, 'line')} left out: too many to read\n`)
    for (const line of lines.filter(isWanted)) {
      if (shown >= most) return
      shown += 1
      if (args.flags['json'] === true) writeJson(out, line)
      else out.write(`${describe(line)}\n`)
      if (shown >= most) enough.abort()
    }
  }
  return await withRelay(args, surroundings, async ({ connection, namespace, redisUrl }) => {
    const isKnown = await tailEvents(connection, {
      namespace,
      address: redisUrl,
      onMessage,
      onAsked: () => err.write(`${namespace}: waiting for events; Ctrl-C ends it\n`),
      signal: AbortSignal.any([stop, enough.signal]),
    })
    if (!isKnown) throw unknownNamespace(namespace)
    return EXIT.ok
  })
}

function readCount(text: string | undefined): number {
  if (text === undefined) return Infinity
  if (/^[1-9][0-9]{0,8}$/.test(text)) return Number(text)
  throw new CliError('usage', '--count takes a whole number from 1.')
}

function filterOf(args: Arguments): (line: TailLine) => boolean {
  const [name] = args.positionals
  const wanted = valueOf(args, 'customer')
  // Workers tell masked ids where an id is an address.
  const customer = wanted === undefined ? undefined : maskContact(wanted)
  return ({ label, customerId }) =>
    (name === undefined || label === name) && (customer === undefined || customerId === customer)
}

/** `12:03:04.120 delivered order_placed cus_42 {"order_id":"o-1"}`. */
function describe({ at, what, label, customerId, content, reason, message }: TailLine): string {
  const time = new Date(at).toISOString().slice(11, 23)
  const why = reason === undefined ? '' : ` (${[reason, message].filter(Boolean).join(': ')})`
  const text = `${what.padEnd(9)} ${label} ${customerId} ${JSON.stringify(content)}${why}`
  return `${time} ${printable(text)}`
}
