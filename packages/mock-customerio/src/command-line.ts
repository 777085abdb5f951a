// The flags of `npm run mock`, read strictly: a misspelt flag is an error, not a default.
import { parseArgs } from 'node:util'
import type { MockOptions } from './settings.ts'

export type CommandLine =
  | { kind: 'run'; options: MockOptions; json: boolean }
  | { kind: 'help' }
  | { kind: 'wrong'; message: string }

/** Where the mock listens unless told otherwise. */
const DEFAULT_PORT = 4510

export const USAGE: string = `Usage: npm run mock -- [flags]

  --port N         port to listen on; 0 takes a free one (default ${DEFAULT_PORT})
  --host HOST      address to listen on (default 127.0.0.1)
  --site-id TEXT   user that senders must give (default mock-site-id)
  --api-key TEXT   password that senders must give (default mock-api-key)
  --rate N         requests admitted a second, 429 above (default: no limit)
  --latency MS     delay of every answer (default 0)
  --receipts FILE  file that gets a line for each request and operation
  --json           one JSON object a line instead of text
  --help           this text`

const FLAGS = {
  port: { type: 'string' },
  host: { type: 'string' },
  'site-id': { type: 'string' },
  'api-key': { type: 'string' },
  rate: { type: 'string' },
  latency: { type: 'string' },
  receipts: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean' },
} as const

export function readCommandLine(args: string[]): CommandLine {
  try {
    const { values } = parseArgs({ args, options: FLAGS, strict: true })
    if (values.help === true) return { kind: 'help' }
    return { kind: 'run', options: optionsFrom(values), json: values.json === true }
  } catch (error) {
    return { kind: 'wrong', message: error instanceof Error ? error.message : String(error) }
  }
}

interface Values {
  port?: string
  host?: string
  'site-id'?: string
  'api-key'?: string
  rate?: string
  latency?: string
  receipts?: string
}

function optionsFrom(values: Values): MockOptions {
  const options: MockOptions = { port: whole('port', values.port, 0, 65_535) ?? DEFAULT_PORT }
  if (values.host !== undefined) options.host = values.host
  if (values['site-id'] !== undefined) options.siteId = values['site-id']
  if (values['api-key'] !== undefined) options.apiKey = values['api-key']
  const ratePerSecond = whole('rate', values.rate, 1, 1_000_000)
  if (ratePerSecond !== undefined) options.ratePerSecond = ratePerSecond
  const latencyMs = whole('latency', values.latency, 0, 600_000)
  if (latencyMs !== undefined) options.latencyMs = latencyMs
  if (values.receipts !== undefined) options.receiptsFile = values.receipts
  return options
}

function whole(
  flag: string,
  text: string | undefined,
  least: number,
  most: number,
): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (text !== '' && Number.isInteger(value) && value >= least && value <= most) return value
  throw new RangeError(`--${flag} must be a whole number from ${least} to ${most}, not '${text}'`)
}
