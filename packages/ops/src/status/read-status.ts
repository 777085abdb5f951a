// The status of a namespace: its settings, its live workers, and one atomic look at each partition. Nothing is
// written, so a look at a mistyped namespace does not found it.

import { readLiveWorkers, readNamespace, readPartition } from '@retention-relay/queue'
import type { NamespaceSettings, OpenNamespace, PartitionSnapshot } from '@retention-relay/queue'

import type { OpsConnection } from '../connection.ts'
import { namespaceFindings, partitionFindings } from './findings.ts'
import { partitionStatus } from './partition-status.ts'
import type { RelayStatus } from './status.ts'
import { totalsOf } from './totals.ts'

/** Looks that are on their way together: each may take Redis some milliseconds, and workers come in between. */
const LOOKS_AT_ONCE = 8

/**
 * Reads the status; null when no process has opened the namespace yet.
 *
 * @throws RelayError `RELAY_CONFIG_INVALID` for a name that cannot be. Errors of Redis pass through.
 */
export async function readStatus(
  connection: OpsConnection,
  namespace: string,
): Promise<RelayStatus | null> {
  const open = await readNamespace(connection.client, namespace)
  if (open === null) return null
  const workers = await readLiveWorkers(connection.runner, namespace)
  return describe(open, workers, await readPartitions(connection, open))
}

async function readPartitions(
  { runner }: OpsConnection,
  { namespace, generation, partitions }: OpenNamespace,
): Promise<PartitionSnapshot[]> {
  const snapshots: PartitionSnapshot[] = []
  while (snapshots.length < partitions) {
    const count = Math.min(LOOKS_AT_ONCE, partitions - snapshots.length)
    const looks = Array.from({ length: count }, (_, index) =>
      readPartition(runner, { namespace, generation, partition: snapshots.length + index }),
    )
    snapshots.push(...(await Promise.all(looks)))
  }
  return snapshots
}

function describe(
  { namespace, generation, pause }: NamespaceSettings,
  workers: readonly string[],
  snapshots: readonly PartitionSnapshot[],
): RelayStatus {
  const looked = snapshots.map((snapshot, partition) => {
    return { snapshot, status: partitionStatus(partition, snapshot) }
  })
  const partitions = looked.map(({ status }) => status)
  return {
    namespace,
    generation,
    pause,
    takenAt: Math.max(...snapshots.map(({ takenAt }) => takenAt)),
    workers,
    partitions,
    totals: totalsOf(partitions),
    findings: [
      ...looked.flatMap(({ status, snapshot }) => partitionFindings(status, snapshot)),
      ...namespaceFindings(partitions, pause),
    ],
  }
}
