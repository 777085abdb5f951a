// Environment to configuration. One schema names every setting with its default and meaning; docs/configuration.md
// is held to it by a test. All faults are found at once, each with the name of its variable. Every setting may
// also come from a file, whose path is in NAME_FILE, so that a secret need not stand in the environment.

import { readFileSync } from 'node:fs'

import * as z from 'zod'

import { isPlainHttpAddress, redisAddressFault, whole } from './setting-rules.ts'

const flag = z.enum(['0', '1'], { error: 'must be 0 or 1' }).transform((value) => value === '1')

/** Every setting of the worker. */
export const configSchema = z.object({
  REDIS_URL: z
    .string()
    .superRefine((address, context) => {
      const fault = redisAddressFault(address)
      if (fault !== null) context.addIssue({ code: 'custom', message: fault })
    })
    .describe('Redis: redis://, rediss://, unix://, redis+sentinel:// or redis+cluster://.'),
  RELAY_NAMESPACE: z
    .string()
    .regex(/^[a-z0-9-]{1,32}$/, { error: 'must be 1 to 32 characters of a-z, 0-9 and "-"' })
    .describe('Keeps environments apart, for instance staging or production. Prefixes every key.'),
  RELAY_PARTITIONS: whole(1, 1024)
    .optional()
    .describe(
      'Partitions of a new namespace: 16 when not set. An existing namespace keeps its number.',
    ),
  RELAY_RATE_LIMIT: z.coerce
    .number({ error: 'must be a number from 1 up' })
    .min(1, { error: 'must be a number from 1 up' })
    .default(100)
    .describe('Requests per second to Customer.io of all workers of the workspace together.'),
  RELAY_TRACKING_PLAN: z
    .string()
    .optional()
    .describe("Path of the module with the shop's tracking plan: the shipped plan when not set."),
  RELAY_HTTP_PORT: whole(0, 65_535)
    .default(9464)
    .describe('Port of /metrics and /health. 0 takes any free one.'),
  RELAY_SHUTDOWN_MS: whole(3000, 600_000)
    .default(20_000)
    .describe('Longest clean stop in milliseconds, 3000 to 600000.'),
  RELAY_ALLOW_UNSAFE_REDIS: flag
    .default(false)
    .describe('1 lets a production worker run on a Redis whose settings can lose events; 0 or 1.'),
  CUSTOMERIO_SITE_ID: z.string().min(1).describe('Site id of the Customer.io workspace.'),
  CUSTOMERIO_API_KEY: z.string().min(1).describe('Track API key of the workspace.'),
  CUSTOMERIO_REGION: z
    .enum(['us', 'eu'], { error: 'must be us or eu' })
    .default('us')
    .describe('Region of the workspace: us or eu.'),
  CUSTOMERIO_TRACK_URL: z
    .string()
    .refine(isPlainHttpAddress, {
      error: 'must be an http or https address without user, password, query and fragment',
    })
    .optional()
    .describe('In place of the address of the region: the mock, or a proxy.'),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
      error: 'must be trace, debug, info, warn, error, fatal or silent',
    })
    .default('info')
    .describe('Least level of log lines: trace, debug, info, warn, error, fatal or silent.'),
  NODE_ENV: z
    .string()
    .default('')
    .describe(
      'production makes settings of Redis that endanger data an error, as the namespace production does.',
    ),
})

/** The configuration of a worker. */
export type WorkerConfig = z.output<typeof configSchema>

/** A setting, or the variable with its file, and what is wrong with it. */
export interface ConfigFault {
  readonly name: string
  readonly fault: string
}

/** What reading the environment gave. */
export type ConfigResult =
  | { readonly kind: 'config'; readonly config: WorkerConfig }
  | { readonly kind: 'faults'; readonly faults: readonly ConfigFault[] }

type Environment = Readonly<Record<string, string | undefined>>
type ReadFile = (path: string) => string

/** Reads the configuration. `readFile` reads the files of NAME_FILE. */
export function readConfig(
  env: Environment,
  readFile: ReadFile = (path) => readFileSync(path, 'utf8'),
): ConfigResult {
  const values: Record<string, string> = {}
  /** By setting: the first fault counts. */
  const faults = new Map<string, ConfigFault>()
  for (const name of Object.keys(configSchema.shape)) {
    const found = readSetting(name, env, readFile)
    if (typeof found === 'object') faults.set(name, found)
    else if (found !== undefined) values[name] = found
  }
  const parsed = configSchema.safeParse(values)
  for (const { path, message } of parsed.error?.issues ?? []) {
    const name = String(path[0])
    const fault = values[name] === undefined ? 'is not set' : message
    if (!faults.has(name)) faults.set(name, { name, fault })
  }
  if (parsed.success && faults.size === 0) return { kind: 'config', config: parsed.data }
  const inOrder = Object.keys(configSchema.shape).flatMap((name) => faults.get(name) ?? [])
  return { kind: 'faults', faults: inOrder }
}

/** An empty variable counts as not set, as in a compose file. */
function readSetting(
  name: string,
  env: Environment,
  readFile: ReadFile,
): string | ConfigFault | undefined {
  const value = env[name] || undefined
  const file = `${name}_FILE`
  const path = env[file] || undefined
  if (path === undefined) return value
  if (value !== undefined) return { name, fault: `is set, and ${file} too; keep one of them` }
  try {
    return readFile(path).trim() || { name: file, fault: `names ${path}, which is empty` }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : ''
    return { name: file, fault: `names ${path}, which cannot be read${code}` }
  }
}
