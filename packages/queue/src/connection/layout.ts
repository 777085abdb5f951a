// The versions of BullMQ that have written to a namespace. The scripts know the layout of one version; a Queue object
// of another one, a dashboard's say, may have laid its keys out differently.

import { partitionKeys } from '../keys.ts'
import type { RedisClient } from './client.ts'
import type { OpenNamespace } from './namespace.ts'

/** Every `meta.version` of the namespace's queues, for instance `bullmq:6.7.0`; none before the first job. */
export async function readLayoutVersions(
  client: RedisClient,
  namespace: OpenNamespace,
): Promise<readonly string[]> {
  const partitions = Array.from({ length: namespace.partitions }, (_, partition) => partition)
  const versions = await Promise.all(
    partitions.map((partition) =>
      client.hget(partitionKeys({ ...namespace, partition }).meta, 'version'),
    ),
  )
  return [...new Set(versions.filter((version) => version !== null))]
}
