// Looks at every key that a drained relay has left in Redis, and holds it to docs/keys.md: whether there may be such a key,
// of which type, and whether it expires as it says there. Jobs, their locks and lists, and leases must be gone.

import type { RedisClient } from '@retention-relay/queue'
import { masters } from '@retention-relay/queue'
import { documentedKeys } from '@retention-relay/testkit'
import type { DocumentedKey } from '@retention-relay/testkit'
import type { Redis } from 'ioredis'

import { NAMESPACE } from '../stage/stage.ts'

/** A key as it was found. */
export interface FoundKey {
  readonly key: string
  readonly type: string
  /** In seconds; -1: it does not expire. */
  readonly ttlS: number
  /** Entries of a stream; 0 of anything else. */
  readonly entries: number
}

/** What of a partition goes when nothing waits, is claimed or owned any more; jobs and locks go with it. */
const GONE: ReadonlySet<string> = new Set(['P:events:wait', 'P:events:active', 'P:lease'])
const OWN = /^\{relay:([a-z]+)(?::t\d+|:g1:(\d+))?\}/
const STAYS = /^(never|when empty)/

/** BullMQ's event stream is cut by whole nodes of a hundred, and only by those who write to it. */
const MOST_ENTRIES = 100

/** What is wrong with the keys that are left. */
export async function keysLeft(client: RedisClient, partitions: number): Promise<string[]> {
  const rows = documentedKeys()
  const found = await Promise.all(masters(client).map(async (node) => await lookAt(node)))
  return found.flat().flatMap((one) => {
    const fault = keyFault(one, partitions, rows)
    return fault === null ? [] : [`left in Redis: ${one.key} ${fault}`]
  })
}

async function lookAt(node: Redis): Promise<FoundKey[]> {
  const keys = await node.keys('*')
  const found = await Promise.all(
    keys.map(async (key) => {
      const [type, ttlS] = await Promise.all([node.type(key), node.ttl(key)])
      return { key, type, ttlS, entries: type === 'stream' ? await node.xlen(key) : 0 }
    }),
  )
  // It went meanwhile.
  return found.filter(({ type }) => type !== 'none')
}

/** Null for a key that a drained relay keeps. */
export function keyFault(
  { key, type, ttlS, entries }: FoundKey,
  partitions: number,
  rows: readonly DocumentedKey[],
): string | null {
  const row = rows.find(({ pattern }) => pattern.test(key))
  if (row === undefined || !isOwn(key, partitions)) return 'is no key of this relay'
  const { name, expiry, mostS } = row
  if (GONE.has(name) || expiry === 'with its job') return 'should be gone'
  if (type !== row.type) return `is a ${type} and should be a ${row.type}`
  if (ttlS === -1 && !STAYS.test(expiry)) return `does not expire; it should: ${expiry}`
  if (ttlS > (mostS ?? 0)) return `expires in ${ttlS} s; it should: ${expiry}`
  return entries > MOST_ENTRIES ? `has ${entries} entries` : null
}

/** Of the namespace of the runs, its only generation, and one of its partitions. */
function isOwn(key: string, partitions: number): boolean {
  const [, namespace, partition = '0'] = OWN.exec(key) ?? []
  return namespace === NAMESPACE && Number(partition) < partitions
}
