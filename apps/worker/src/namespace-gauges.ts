// Facts of the whole namespace for the metrics, read from Redis at each scrape.

import type { OpenNamespace, RedisClient } from '@retention-relay/queue'
import { partitionKeys } from '@retention-relay/queue'

import type { NamespaceGauges } from './metrics.ts'

/** Reads the facts; null while Redis is away. */
export async function readNamespaceGauges(
  client: RedisClient,
  namespace: OpenNamespace,
): Promise<NamespaceGauges | null> {
  try {
    const partitions = Array.from({ length: namespace.partitions }, (_, partition) => partition)
    const found = await Promise.all(
      partitions.map((partition) => readPartition(client, { ...namespace, partition })),
    )
    const oldest = found.map(({ oldestAt }) => oldestAt).filter((at) => at > 0)
    return {
      pending: found.reduce((sum, { pending }) => sum + pending, 0),
      oldestAgeMs: oldest.length === 0 ? 0 : Math.max(0, Date.now() - Math.min(...oldest)),
    }
  } catch {
    return null
  }
}

async function readPartition(
  client: RedisClient,
  address: Parameters<typeof partitionKeys>[0],
): Promise<{ pending: number; oldestAt: number }> {
  const keys = partitionKeys(address)
  const [waiting, active, oldestActive, oldestWaiting] = await Promise.all([
    client.llen(keys.wait),
    client.llen(keys.active),
    client.lindex(keys.active, -1),
    client.lindex(keys.wait, -1),
  ])
  const oldest = oldestActive ?? oldestWaiting
  const timestamp =
    oldest === null ? null : await client.hget(`${keys.jobBase}${oldest}`, 'timestamp')
  return { pending: waiting + active, oldestAt: Number(timestamp ?? 0) }
}
