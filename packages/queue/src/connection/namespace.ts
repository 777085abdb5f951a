// The settings of a namespace that every process must share: the number of partitions and the generation. The first
// process writes them to Redis, every other one takes them from there. A process that was told another number does
// not start: its events would land in partitions where nobody looks for them.

import { DEFAULT_PARTITIONS, RelayError } from '@retention-relay/events'

import { namespaceKeys } from '../keys.ts'
import type { RedisClient } from './client.ts'
import { replyText } from './script.ts'

/** A namespace as it stands in Redis. */
export interface OpenNamespace {
  readonly namespace: string
  /** Raised by a resize. 1 or more. */
  readonly generation: number
  readonly partitions: number
  /** When it was set up, by the clock of Redis; another one after Redis was emptied. */
  readonly createdAt: string
}

/** What a process was told about its namespace. */
export interface NamespaceOptions {
  /** `[a-z0-9-]{1,32}`. */
  readonly namespace: string
  /** Default: what Redis has, or 16 for a new namespace. */
  readonly partitions?: number
}

/** Most partitions of a namespace. */
export const MAX_PARTITIONS = 1024

const NAMESPACE_PATTERN = /^[a-z0-9-]{1,32}$/
const FIRST_GENERATION = 1

// KEYS[1] config hash. ARGV[1] generation, ARGV[2] partitions of a new namespace.
// Returns the two as they stand afterwards, and when it was set up. One step: two first processes cannot mix their numbers.
const OPEN = `
if redis.call('HEXISTS', KEYS[1], 'partitions') == 0 then
  redis.call('HSET', KEYS[1], 'generation', ARGV[1], 'partitions', ARGV[2])
end
-- A service in another language, or older code, may have set it up without.
if redis.call('HEXISTS', KEYS[1], 'createdAt') == 0 then
  local time = redis.call('TIME')
  redis.call('HSET', KEYS[1], 'createdAt', time[1] .. string.format('%06d', time[2]))
end
return redis.call('HMGET', KEYS[1], 'generation', 'partitions', 'createdAt')`

/**
 * Reads the namespace's settings, and writes them where there are none.
 *
 * @throws RelayError `RELAY_CONFIG_INVALID` for a name or a number that cannot be;
 *   `RELAY_NAMESPACE_MISMATCH` when `partitions` differs from what Redis has.
 *   Errors of Redis itself pass through.
 */
export async function openNamespace(
  client: RedisClient,
  options: NamespaceOptions,
): Promise<OpenNamespace> {
  assertNamespace(options)
  const { namespace, partitions } = options
  const { config } = namespaceKeys(namespace)
  const wanted = partitions ?? DEFAULT_PARTITIONS
  const reply = (await client.eval(OPEN, 1, config, FIRST_GENERATION, wanted)) as unknown[]
  const [generation, stored] = reply.map(Number)
  if (!isCount(generation) || !isCount(stored)) {
    throw mismatch(`the settings of ${namespace} in Redis are damaged (key ${config})`)
  }
  if (partitions !== undefined && partitions !== stored) {
    throw mismatch(`${namespace} has ${stored} partitions, and this process was told ${partitions}`)
  }
  return { namespace, generation, partitions: stored, createdAt: replyText(reply[2] ?? '') }
}

/** @throws RelayError `RELAY_CONFIG_INVALID`. */
export function assertNamespace({ namespace, partitions }: NamespaceOptions): void {
  if (typeof namespace !== 'string' || !NAMESPACE_PATTERN.test(namespace)) {
    throw new RelayError(
      'RELAY_CONFIG_INVALID',
      'namespace must be 1 to 32 characters of a-z, 0-9 and "-", for instance production.',
    )
  }
  if (partitions !== undefined && !(isCount(partitions) && partitions <= MAX_PARTITIONS)) {
    throw new RelayError(
      'RELAY_CONFIG_INVALID',
      `partitions must be a whole number from 1 to ${MAX_PARTITIONS}.`,
    )
  }
}

function isCount(value: number | undefined): value is number {
  return Number.isSafeInteger(value) && (value ?? 0) >= 1
}

function mismatch(fault: string): RelayError {
  return new RelayError(
    'RELAY_NAMESPACE_MISMATCH',
    `The namespace was set up differently: ${fault}. Use its settings, or another namespace.`,
  )
}
