// What producers left in Redis: the stored events of a namespace, partition by partition, oldest first.

import { decodeJob, jobCount } from '@retention-relay/events'
import type { RelayEvent } from '@retention-relay/events'
import {
  awaitRedis,
  closeRedisClient,
  createRedisClient,
  partitionKeys,
} from '@retention-relay/queue'
import type { RedisClient } from '@retention-relay/queue'

/** Reads all jobs that wait in a namespace. A damaged one is an error. */
export async function storedEvents(
  address: string,
  namespace: string,
  partitions = 16,
): Promise<RelayEvent[]> {
  const client = createRedisClient(address, { name: 'reader' })
  try {
    await awaitRedis(client, { timeoutMs: 10_000 })
    const numbers = Array.from({ length: partitions }, (_, partition) => partition)
    const lists = await Promise.all(
      numbers.map((partition) => partitionEvents(client, namespace, partition)),
    )
    return lists.flat()
  } finally {
    closeRedisClient(client)
  }
}

async function partitionEvents(
  client: RedisClient,
  namespace: string,
  partition: number,
): Promise<RelayEvent[]> {
  const keys = partitionKeys({ namespace, generation: 1, partition })
  const ids = (await client.lrange(keys.wait, 0, -1)).toReversed()
  const jobs = await Promise.all(ids.map((id) => client.hmget(keys.jobBase + id, 'name', 'data')))
  return jobs.flatMap(([name, data]) => eventsOf(name ?? '', data ?? '', namespace))
}

function eventsOf(name: string, data: string, namespace: string): RelayEvent[] {
  const decoded = decodeJob(data, jobCount(name) ?? 0, namespace)
  if (decoded.kind !== 'events') throw new Error(`a job of ${namespace} is ${decoded.kind}`)
  return decoded.positions.map((position) => {
    if (position.kind === 'malformed') throw new Error(position.fault)
    return position.event
  })
}
