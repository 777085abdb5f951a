// The events of jobs that are not finished when a run ends: those that wait or are worked on, and of the control those that
// failed, which nobody tries again. What is in them is late, and not lost.

import { jobCount } from '@retention-relay/events'
import type { RelayStatus } from '@retention-relay/ops'
import type { RedisClient } from '@retention-relay/queue'
import { partitionKeys } from '@retention-relay/queue'

import { NAMESPACE } from './stage/stage.ts'

interface JobData {
  readonly events?: readonly { readonly id?: string }[]
}

/** Their ids; of a position also the one that its dead letter would have, since what is damaged has no other. */
export async function readUnfinished(
  client: RedisClient,
  { partitions }: RelayStatus,
): Promise<string[]> {
  const ids = await Promise.all(partitions.map(({ partition }) => readPartition(client, partition)))
  return ids.flat()
}

async function readPartition(client: RedisClient, partition: number): Promise<string[]> {
  const { jobBase } = partitionKeys({ namespace: NAMESPACE, generation: 1, partition })
  const jobs = await Promise.all([
    client.lrange(`${jobBase}wait`, 0, -1),
    client.lrange(`${jobBase}active`, 0, -1),
    client.zrange(`${jobBase}delayed`, '0', '-1'),
    client.zrange(`${jobBase}failed`, '0', '-1'),
  ])
  const ids = jobs.flat()
  const hashes = await Promise.all(ids.map((id) => client.hmget(`${jobBase}${id}`, 'name', 'data')))
  return hashes.flatMap(([name, text], index) => [
    ...positionsOf(`${ids[index]}`, name ?? ''),
    ...eventsOf(text ?? ''),
  ])
}

function positionsOf(jobId: string, name: string): string[] {
  return Array.from({ length: jobCount(name) ?? 1 }, (_, position) => `${jobId}.${position}`)
}

/** None of a job that was planted to be malformed. */
function eventsOf(text: string): string[] {
  try {
    const { events = [] } = JSON.parse(text) as JobData
    return events.flatMap(({ id }) => id ?? [])
  } catch {
    return []
  }
}
