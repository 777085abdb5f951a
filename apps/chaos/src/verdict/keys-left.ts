// Looks at every key that a drained relay has left in Redis: those that it keeps, and nothing else. Locks, jobs and
// leases must be gone.

import type { RedisClient } from '@retention-relay/queue'
import { masters, namespaceKeys, partitionKeys } from '@retention-relay/queue'

import { NAMESPACE } from '../stage/stage.ts'

/** What may be left, by the part of the key behind the partition's prefix. BullMQ's own parts are below `:events:`. */
const KEPT: readonly RegExp[] = [
  /^:lease-run$/,
  /^:counters$/,
  /^:dedupe(:\d+:\d+)?$/,
  /^:dead(:-?\d+)?$/,
  /^:dead-groups$/,
  /^:orphans$/,
  /^:events:(meta|marker|id|events)$/,
]

/** Keys that should not be there. */
export async function keysLeft(client: RedisClient, partitions: number): Promise<string[]> {
  const ofNamespace: readonly string[] = Object.values(namespaceKeys(NAMESPACE))
  const prefixes = Array.from(
    { length: partitions },
    (_, partition) => partitionKeys({ namespace: NAMESPACE, generation: 1, partition }).prefix,
  )
  const keys = await Promise.all(masters(client).map((node) => node.keys('*')))
  return keys.flat().filter((key) => {
    if (ofNamespace.includes(key)) return false
    const prefix = prefixes.find((candidate) => key.startsWith(candidate))
    const rest = prefix === undefined ? key : key.slice(prefix.length)
    return !KEPT.some((pattern) => pattern.test(rest))
  })
}
