// The dead letters of the control: BullMQ's failed jobs, whose reason lists the refused events as JSON. A job that failed
// for another reason names no event; what it held is missing, and the checker says so.

import type { RelayStatus } from '@retention-relay/ops'
import type { RedisClient } from '@retention-relay/queue'
import { partitionKeys } from '@retention-relay/queue'
import type { DeadLetterLine } from '@retention-relay/testkit'

import { NAMESPACE } from './stage/stage.ts'

/** Reads them all. */
export async function readFailedJobs(
  client: RedisClient,
  { partitions }: RelayStatus,
): Promise<DeadLetterLine[]> {
  const letters = await Promise.all(
    partitions.map(({ partition }) => readPartition(client, partition)),
  )
  return letters.flat()
}

async function readPartition(client: RedisClient, partition: number): Promise<DeadLetterLine[]> {
  const { jobBase } = partitionKeys({ namespace: NAMESPACE, generation: 1, partition })
  const ids = await client.zrange(`${jobBase}failed`, '0', '-1')
  const jobs = await Promise.all(
    ids.map((id) => client.hmget(`${jobBase}${id}`, 'failedReason', 'finishedOn')),
  )
  return jobs.flatMap(([reason, finishedOn]) => lettersOf(reason ?? '', Number(finishedOn)))
}

function lettersOf(reason: string, diedAt: number): DeadLetterLine[] {
  if (!reason.startsWith('[')) return []
  const refused = JSON.parse(reason) as Pick<DeadLetterLine, 'id' | 'reason'>[]
  // It does not know whether it was delivered, so it may have been.
  return refused.map((event) => ({ ...event, maybeDelivered: true, diedAt }))
}
