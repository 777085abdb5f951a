// The command line of `npm start`.

import { parseArgs } from 'node:util'

/** What was asked for. */
export interface Arguments {
  /** Send a number of events, wait until they are settled, print a summary, end. */
  readonly once: boolean
  /** Number of events of the sample shop with --once. */
  readonly events: number
  /** Events from this file instead of the sample shop; - is standard input. */
  readonly file: string | undefined
  /** The summary as one JSON object on the last line. */
  readonly json: boolean
  readonly help: boolean
}

/** Text of --help. */
export const HELP = `npm start [-- options]
Runs Redis, the worker and a destination on this machine. With CUSTOMERIO_SITE_ID and
CUSTOMERIO_API_KEY set it delivers to Customer.io, without them to a mock.

  --once           send events, wait until every one is settled, print a summary and end;
                   exit 0 if the counts add up and everything arrived once and in order, else 1
  --events N       events of the sample shop with --once (default 2000)
  --file F         with --once: events from an NDJSON file instead; - reads standard input
  --json           with --once: the summary as one JSON object on the last line
  --help           this text
`

/** A command line that cannot be understood. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Reads the command line. Throws UsageError with the fault and the remedy. */
export function readArguments(argv: readonly string[]): Arguments {
  const { once, events, file, json, help } = parse(argv)
  const count = Number(events)
  if (!Number.isSafeInteger(count) || count < 1 || count > 10_000_000) {
    throw new UsageError('--events must be a whole number from 1 to 10000000')
  }
  if (!once && (file !== undefined || json)) throw new UsageError('--file and --json need --once')
  return { once, events: count, file, json, help }
}

function parse(argv: readonly string[]): {
  once: boolean
  events: string
  file: string | undefined
  json: boolean
  help: boolean
} {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        once: { type: 'boolean', default: false },
        events: { type: 'string', default: '2000' },
        file: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    })
    return { ...values, file: values.file }
  } catch (error) {
    throw new UsageError(`${(error as Error).message} (see npm start -- --help)`, { cause: error })
  }
}
