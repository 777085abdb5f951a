// Looks at every key that a drained relay has left in Redis: those that it keeps, and nothing else. Locks, jobs and
// leases must be gone.

import type { RedisClient } from '@retention-relay/queue'
import { masters, namespaceKeys } from '@retention-relay/queue'

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

/** What an order closed; it goes by its expiry. */
const TOMBSTONE = /^\{relay:chaos:t\d+\}:tombstone:[0-9a-f]+$/

/** What the watches have seen; it goes by its expiry. */
const WATCHED = /^\{relay:chaos\}:(drift:[0-9a-f]{16}(:[01])?|customers:\d{3})$/

/** Keys that should not be there. */
export async function keysLeft(client: RedisClient, partitions: number): Promise<string[]> {
  const keys = await Promise.all(masters(client).map((node) => node.keys('*')))
  return keys.flat().filter((key) => !isKept(key, partitions))
}

/** Whether a drained relay keeps the key. */
export function isKept(key: string, partitions: number): boolean {
  if (Object.values(namespaceKeys(NAMESPACE)).includes(key)) return true
  if (TOMBSTONE.test(key) || WATCHED.test(key)) return true
  const [tag = '', partition = ''] = /^\{relay:chaos:g1:(\d+)\}/.exec(key) ?? []
  if (tag === '' || Number(partition) >= partitions) return false
  return KEPT.some((pattern) => pattern.test(key.slice(tag.length)))
}
