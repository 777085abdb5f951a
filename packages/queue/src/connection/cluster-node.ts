// Which connection a key's commands go to. On a single Redis there is one; in a Cluster it is the master of the
// key's slot. Needed for what has no key of its own: INFO and WAIT.

import { crc16 } from '@retention-relay/events'
import type { Redis } from 'ioredis'

import { isCluster } from './client.ts'
import type { RedisClient } from './client.ts'

const SLOTS = 16_384

/** The slot of a key: CRC16 of its hash tag, or of all of it. */
export function keySlot(key: string): number {
  const tag = /\{([^}]+)\}/.exec(key)?.[1] ?? key
  return crc16(Buffer.from(tag, 'utf8')) % SLOTS
}

/** The connection that serves the key now; undefined while the Cluster does not know. */
export function nodeOf(client: RedisClient, key: string): Redis | undefined {
  if (!isCluster(client)) return client
  const address = client.slots[keySlot(key)]?.[0]
  return client.nodes('master').find((node) => nodeAddress(node) === address)
}

/** All masters; a single Redis is its own. */
export function masters(client: RedisClient): readonly Redis[] {
  return isCluster(client) ? client.nodes('master') : [client]
}

/**
 * False while the map of a Cluster has a slot without a master: in the middle of a failover a node that is asked for the
 * map may know that the old master is one no more, and not yet who follows it.
 */
export function hasEverySlot(client: RedisClient): boolean {
  if (!isCluster(client)) return true
  const known = new Set(masters(client).map(nodeAddress))
  for (let slot = 0; slot < SLOTS; slot += 1) {
    const address = client.slots[slot]?.[0]
    if (address === undefined || !known.has(address)) return false
  }
  return true
}

/** `host:port`, or the path of the socket. Never a credential. */
export function nodeAddress(node: Redis): string {
  const { path, host, port } = node.options
  return path ?? `${host}:${port}`
}
