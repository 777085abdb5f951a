// What producers left in Redis: how often each event is there, by its id. A worker has not been near it.

import { decodeJob, jobCount } from '@retention-relay/events'
import { partitionKeys } from '@retention-relay/queue'
import type { OpenNamespace } from '@retention-relay/queue'
import type { Redis } from 'ioredis'

/** Reads every waiting job of the namespace. A damaged one is an error. */
export async function storedIds(
  client: Redis,
  namespace: OpenNamespace,
): Promise<ReadonlyMap<string, number>> {
  const copies = new Map<string, number>()
  for (let partition = 0; partition < namespace.partitions; partition += 1) {
    const { wait, jobBase } = partitionKeys({ ...namespace, partition })
    for (const jobId of await client.lrange(wait, 0, -1)) {
      const [name, data] = await client.hmget(jobBase + jobId, 'name', 'data')
      for (const id of idsOf(name ?? '', data ?? '', namespace.namespace)) {
        copies.set(id, (copies.get(id) ?? 0) + 1)
      }
    }
  }
  return copies
}

function idsOf(name: string, data: string, namespace: string): string[] {
  const decoded = decodeJob(data, jobCount(name) ?? 0, namespace)
  if (decoded.kind !== 'events') throw new Error(`A job of ${namespace} is ${decoded.kind}.`)
  return decoded.positions.map((position) => {
    if (position.kind === 'malformed') throw new Error(position.fault)
    return position.event.id
  })
}
