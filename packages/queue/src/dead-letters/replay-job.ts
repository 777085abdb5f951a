// The job that sends one dead letter again: the same event with its id and its time, in the partition where it died,
// under a name that claim counts as replayed. It is added like every other job, through the commit's own queue.
//
// The job's id follows from the event and the number of its deaths, so that one death is sent again once, however
// often and by how many people it is asked for; an event that dies again may be sent again.

import { deriveId, replayJobName } from '@retention-relay/events'
import type { RelayEvent } from '@retention-relay/events'

import type { RedisClient } from '../connection/client.ts'
import type { PartitionAddress } from '../keys.ts'
import { partitionKeys } from '../keys.ts'
import { failedAdd } from '../commit/add-outcome.ts'
import { answered, refused, unknown } from '../commit/commit-fate.ts'
import { openCommitQueue } from '../commit/commit-queue.ts'
import type { NewJob } from '../commit/commit-queue.ts'
import type { EnqueueError } from '../commit/enqueue-error.ts'
import { jobHead, jobText } from '../commit/group.ts'

/** What is sent again. */
export interface Replay {
  /** Where it died. */
  readonly address: PartitionAddress
  readonly event: RelayEvent
  /** How often it died. */
  readonly deaths: number
}

/** The id of the job that sends it again. */
export function replayJobId({ address, event, deaths }: Replay): string {
  return `c-${deriveId(address.namespace, 'replay', `${event.id}\0${deaths}`)}`
}

/** Whether the job that sends it again waits or is being worked on. */
export async function isReplayUnderWay(client: RedisClient, replay: Replay): Promise<boolean> {
  const { jobBase } = partitionKeys(replay.address)
  return (await client.exists(`${jobBase}${replayJobId(replay)}`)) === 1
}

/**
 * Adds the job; returns its id.
 *
 * @throws EnqueueError `RELAY_ENQUEUE_REFUSED` when it is certainly not stored, `RELAY_ENQUEUE_UNKNOWN` when nobody
 *   knows. Asking again is safe in both cases.
 */
export async function addReplay(client: RedisClient, replay: Replay): Promise<string> {
  const job = { id: replayJobId(replay), name: replayJobName(1), text: replayText(replay) }
  try {
    await add(client, replay.address, job)
    return job.id
  } catch (error) {
    throw addError(error, replay.event)
  }
}

async function add(client: RedisClient, address: PartitionAddress, job: NewJob): Promise<void> {
  const queue = await openCommitQueue(client, address)
  try {
    await queue.add(job)
  } finally {
    await queue.close()
  }
}

function replayText({ address, event }: Replay): string {
  const text = JSON.stringify(event)
  const bytes = Buffer.byteLength(text, 'utf8')
  return jobText(jobHead(address.namespace), [{ event: { text, bytes } }])
}

function addError(error: unknown, event: RelayEvent): EnqueueError {
  const outcome = failedAdd(error)
  switch (outcome.kind) {
    case 'refused':
    case 'failed':
      return answered(event, outcome)
    case 'lost':
      return unknown(event, 'Redis did not answer', outcome.cause)
    case 'stored':
    case 'unreplicated':
    case 'not_written':
      return refused(event, 'Redis cannot be reached')
  }
}
