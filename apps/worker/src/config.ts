// Environment to configuration. One schema names every setting with its default and meaning; docs/configuration.md
// is held to it by a test. All faults are found at once, each with the name of its variable. Every setting may
// also come from a file, whose path is in NAME_FILE, so that a secret need not stand in the environment.

import { readFileSync } from 'node:fs'

import * as z from 'zod'

const port = z.coerce.number().int().min(0).max(65_535)
const flag = z.enum(['0', '1']).transform((value) => value === '1')

/** Every setting of the worker. */
export const configSchema = z.object({
  REDIS_URL: z
    .string()
    .min(1)
    .describe('Redis: redis://, rediss://, unix://, redis+sentinel:// or redis+cluster://.'),
  RELAY_NAMESPACE: z
    .string()
    .regex(/^[a-z0-9-]{1,32}$/, { error: 'must be 1 to 32 characters of a-z, 0-9 and "-"' })
    .describe('Keeps environments apart, for instance staging or production. Prefixes every key.'),
  RELAY_PARTITIONS: z.coerce
    .number()
    .int()
    .min(1)
    .max(1024)
    .optional()
    .describe(
      'Partitions of a new namespace: 16 when not set. An existing namespace keeps its number.',
    ),
  RELAY_RATE_LIMIT: z.coerce
    .number()
    .min(1)
    .default(100)
    .describe('Requests per second to Customer.io of all workers of the workspace together.'),
  RELAY_HTTP_PORT: port
    .default(9464)
    .describe('Port of /metrics and /health. 0 takes any free one.'),
  RELAY_SHUTDOWN_MS: z.coerce
    .number()
    .int()
    .min(3000)
    .default(20_000)
    .describe('Longest clean stop in milliseconds, at least 3000.'),
  RELAY_ALLOW_UNSAFE_REDIS: flag
    .default(false)
    .describe('1 lets a production worker run on a Redis whose settings can lose events.'),
  CUSTOMERIO_SITE_ID: z.string().min(1).describe('Site id of the Customer.io workspace.'),
  CUSTOMERIO_API_KEY: z.string().min(1).describe('Track API key of the workspace. Secret.'),
  CUSTOMERIO_REGION: z.enum(['us', 'eu']).default('us').describe('Region of the workspace.'),
  CUSTOMERIO_TRACK_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http or https address' })
    .optional()
    .describe('In place of the address of the region: the mock, or a proxy.'),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .describe('Least level of log lines.'),
  NODE_ENV: z
    .string()
    .default('')
    .describe(
      'production makes settings of Redis that endanger data an error, as the namespace production does.',
    ),
})

/** The configuration of a worker. */
export type WorkerConfig = z.output<typeof configSchema>

/** A setting and what is wrong with it. */
export interface ConfigFault {
  readonly name: string
  readonly fault: string
}

/** What reading the environment gave. */
export type ConfigResult =
  | { readonly kind: 'config'; readonly config: WorkerConfig }
  | { readonly kind: 'faults'; readonly faults: readonly ConfigFault[] }

/** Reads the configuration. `readFile` reads the files of NAME_FILE. */
export function readConfig(
  env: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => string = (path) => readFileSync(path, 'utf8'),
): ConfigResult {
  const faults: ConfigFault[] = []
  const values: Record<string, string> = {}
  for (const name of Object.keys(configSchema.shape)) {
    const value = readSetting(name, env, readFile, faults)
    if (value !== undefined) values[name] = value
  }
  const parsed = configSchema.safeParse(values)
  const named = new Set(faults.map((fault) => fault.name))
  for (const issue of parsed.error?.issues ?? []) {
    const name = String(issue.path[0])
    if (!named.has(name))
      faults.push({ name, fault: values[name] === undefined ? 'is not set' : issue.message })
  }
  if (parsed.success && faults.length === 0) return { kind: 'config', config: parsed.data }
  return { kind: 'faults', faults }
}

/** An empty variable counts as not set, as in a compose file. */
function readSetting(
  name: string,
  env: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => string,
  faults: ConfigFault[],
): string | undefined {
  const value = env[name] || undefined
  const path = env[`${name}_FILE`] || undefined
  if (path === undefined) return value
  if (value !== undefined) {
    faults.push({ name, fault: `is set, and ${name}_FILE too; keep one of them` })
    return undefined
  }
  try {
    return readFile(path).trim() || undefined
  } catch {
    faults.push({ name, fault: `${name}_FILE names a file that cannot be read` })
    return undefined
  }
}
