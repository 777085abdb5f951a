// Which Redis and which namespace a command means: flags, then the environment, then the project's own Redis. A Redis
// that was named has no default namespace, since a command must not end in production by accident.

import { readFileSync } from 'node:fs'

import { CliError } from './cli-error.ts'
import type { Surroundings } from './surroundings.ts'
import type { Arguments } from './verb.ts'
import { valueOf } from './verb.ts'

/** The namespace of `npm start`. */
export const LOCAL_NAMESPACE = 'local'

/** What a command was told. */
export interface Settings {
  /** Undefined: the project's own Redis. */
  readonly redisUrl: string | undefined
  readonly namespace: string
}

/** @throws CliError `config` when something is missing. */
export function readSettings(args: Arguments, env: Surroundings['env']): Settings {
  const redisUrl = readSecret('REDIS_URL', env)
  const namespace =
    valueOf(args, 'namespace') ??
    (env['RELAY_NAMESPACE'] || (redisUrl === undefined ? LOCAL_NAMESPACE : undefined))
  if (namespace === undefined) {
    throw new CliError(
      'config',
      'RELAY_NAMESPACE is not set. Set it, or give --namespace NAME, for instance staging.',
    )
  }
  return { redisUrl, namespace }
}

/** An empty variable counts as not set, as for the worker; NAME_FILE names a file that holds the value. */
function readSecret(name: string, env: Surroundings['env']): string | undefined {
  const value = env[name] || undefined
  const path = env[`${name}_FILE`] || undefined
  if (path === undefined) return value
  if (value !== undefined) {
    throw new CliError('config', `${name} is set, and ${name}_FILE too. Keep one of them.`)
  }
  try {
    return readFileSync(path, 'utf8').trim() || undefined
  } catch (cause) {
    const message = `${name}_FILE names a file that cannot be read. Correct it.`
    throw new CliError('config', message, { cause })
  }
}
