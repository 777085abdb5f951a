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
}

/** How the command line was understood. */
export type CommandLine =
  | { readonly kind: 'run'; readonly order: ChaosOrder }
  /** Paths of the reports of the relay and of the control. */
  | { readonly kind: 'write'; readonly relay: string; readonly control: string }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly message: string }

export const USAGE = `Usage: npm run chaos -- [flags]

  --runs N            runs, with the seeds S, S + 1, … (default 1)
  --seed S            seed of the first run (default: a fresh one, which is printed)
  --duration S        seconds of load in each run (default 10)
  --consumer WHO      relay, or stock: BullMQ's own Worker as the control (default relay)
  --json              one JSON object as the last line instead of a table
  --write R C         no run: put what --json printed for the relay (file R) and for the control on the same seeds
                      (file C) into the README
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
    const { values, positionals } = parseArgs({
      args: [...args],
      options: FLAGS,
      strict: true,
      allowPositionals: true,
    })
    if (values.help) return { kind: 'help' }
    if (values.write) return readWrite(positionals)
    if (positionals.length > 0) throw new RangeError(`what does '${positionals[0]}' mean?`)
    const { consumer, json } = values
    if (consumer !== 'relay' && consumer !== 'stock') {
      throw new RangeError(`--consumer must be relay or stock, not '${consumer}'`)
    }
    const runs = whole('runs', values.runs, 10_000)
    const seed = values.seed === undefined ? freshSeed : whole('seed', values.seed, 2 ** 48)
    const loadMs = whole('duration', values.duration, 600) * 1000
    return { kind: 'run', order: { runs, seed, loadMs, consumer, json } }
  } catch (error) {
    return { kind: 'wrong', message: error instanceof Error ? error.message : String(error) }
  }
}

function readWrite([relay, control, ...others]: readonly string[]): CommandLine {
  if (relay !== undefined && control !== undefined && others.length === 0) {
    return { kind: 'write', relay, control }
  }
  throw new RangeError('--write takes two files: the report of the relay and that of the control')
}

function whole(flag: string, text: string, most: number): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1 && value <= most) return value
  throw new RangeError(`--${flag} must be a whole number from 1 to ${most}, not '${text}'`)
}
