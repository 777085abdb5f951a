// The flags of `npm run chaos`, read strictly.

import { parseArgs } from 'node:util'

/** What to run. */
export interface ChaosOrder {
  readonly runs: number
  /** Of the first run; each further run has the next one. */
  readonly seed: number
  readonly loadMs: number
  readonly consumer: 'relay' | 'stock'
  readonly json: boolean
  /** Run the control as well, and put both results into the README. */
  readonly write: boolean
}

/** How the command line was understood. */
export type CommandLine =
  | { readonly kind: 'run'; readonly order: ChaosOrder }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly message: string }

export const USAGE = `Usage: npm run chaos -- [flags]

  --runs N            runs, with the seeds S, S + 1, … (default 1)
  --seed S            seed of the first run (default: a fresh one, which is printed)
  --duration S        seconds of load in each run (default 10)
  --consumer WHO      relay, or stock: BullMQ's own Worker as the control (default relay)
  --json              one JSON object as the last line instead of a table
  --write             run the same seeds with the control beside it, and put both results into the README
  --help              this text`

const FLAGS = {
  runs: { type: 'string', default: '1' },
  seed: { type: 'string' },
  duration: { type: 'string', default: '10' },
  consumer: { type: 'string', default: 'relay' },
  json: { type: 'boolean', default: false },
  write: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

/** Reads the flags. `freshSeed` is taken when none is given. */
export function readCommandLine(args: readonly string[], freshSeed: number): CommandLine {
  try {
    const { values } = parseArgs({ args: [...args], options: FLAGS, strict: true })
    if (values.help) return { kind: 'help' }
    const { consumer, json, write } = values
    if (consumer !== 'relay' && consumer !== 'stock') {
      throw new RangeError(`--consumer must be relay or stock, not '${consumer}'`)
    }
    if (write && consumer === 'stock') {
      throw new RangeError('--write runs both, relay and stock: leave --consumer out')
    }
    const runs = whole('runs', values.runs, 10_000)
    const seed = values.seed === undefined ? freshSeed : whole('seed', values.seed, 2 ** 48)
    const loadMs = whole('duration', values.duration, 600) * 1000
    return { kind: 'run', order: { runs, seed, loadMs, consumer, json, write } }
  } catch (error) {
    return { kind: 'wrong', message: error instanceof Error ? error.message : String(error) }
  }
}

function whole(flag: string, text: string, most: number): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1 && value <= most) return value
  throw new RangeError(`--${flag} must be a whole number from 1 to ${most}, not '${text}'`)
}
