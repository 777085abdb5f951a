// Tombstones: "an order closed this checkout at time t". The producer writes them, and has the acknowledgement, before the
// order's commit; the worker reads them before each send. They live by the hash of their scope and not by partition,
// since the order may carry another customer id than the checkout; 64 hash tags spread them over the masters.

import type { Tombstones } from '@retention-relay/events'

import { isCluster } from '../connection/client.ts'
import type { RedisClient } from '../connection/client.ts'
import type { Script, ScriptRunner } from '../connection/script.ts'
import { tombstoneKey, tombstoneTag } from '../keys.ts'
import { buryScript } from './tombstone-scripts.ts'

/** Scripts that a runner for tombstones must load. */
export const tombstoneScripts: readonly Script[] = [buryScript]

/** Writes the tombstones of a superseding event. Resolves when Redis has stored all of them. */
export async function writeTombstones(
  runner: ScriptRunner,
  namespace: string,
  { marks, occurredAt, id, ttlMs }: Tombstones,
): Promise<void> {
  await Promise.all(
    [...byTag(marks).values()].map((group) => {
      const keys = group.map((mark) => tombstoneKey(namespace, mark))
      return runner.run(buryScript, keys, [occurredAt, id, ttlMs])
    }),
  )
}

/** Times of the tombstones that there are, by mark, in milliseconds since 1970. */
export async function readTombstones(
  client: RedisClient,
  namespace: string,
  marks: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>()
  const groups = [...byTag(marks).values()]
  const replies = await Promise.all(
    groups.map((group) =>
      readGroup(
        client,
        group.map((mark) => tombstoneKey(namespace, mark)),
      ),
    ),
  )
  groups.forEach((group, at) => {
    group.forEach((mark, index) => {
      const value = replies[at]?.[index]
      if (typeof value === 'string') found.set(mark, Number.parseInt(value, 10))
    })
  })
  return found
}

/**
 * Values of keys that share a slot. While it moves to another master of a Cluster Redis answers for none of several keys at
 * once, and for each alone: every partition with a cart or a checkout may ask for them.
 */
async function readGroup(client: RedisClient, keys: readonly string[]): Promise<(string | null)[]> {
  try {
    return await client.mget([...keys])
  } catch (error) {
    if (!isCluster(client)) throw error
    return await Promise.all(keys.map((key) => client.get(key)))
  }
}

/** Marks whose keys share a slot. */
function byTag(marks: readonly string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const mark of marks) {
    const tag = tombstoneTag(mark)
    const group = groups.get(tag)
    if (group === undefined) groups.set(tag, [mark])
    else group.push(mark)
  }
  return groups
}
