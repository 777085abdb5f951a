// The events of jobs that are not finished when a run ends: those that wait or are worked on, and of the control those that
// failed, which nobody tries again. What is in them is late, and not lost.

import type { RelayStatus } from '@retention-relay/ops'
import type { RedisClient } from '@retention-relay/queue'
import { partitionKeys } from '@retention-relay/queue'

import { NAMESPACE } from './stage/stage.ts'

interface JobData {
  readonly events?: readonly { readonly id?: string }[]
}

/** Their ids. */
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
  const texts = await Promise.all(jobs.flat().map((id) => client.hget(`${jobBase}${id}`, 'data')))
  return texts.flatMap((text) => idsOf(text ?? ''))
}

/** None of a job that was planted to be malformed. */
function idsOf(text: string): string[] {
  try {
    const { events = [] } = JSON.parse(text) as JobData
    return events.flatMap(({ id }) => id ?? [])
  } catch {
    return []
  }
}
