// One partition's BullMQ queue, for adding. It uses the public `queue.add` of BullMQ on a connection that all
// partitions share, with two turns of its own:
//
// - BullMQ encodes a job's data itself. Ours is a text already, checked for its size inside `track`, and is stored as
//   it is (encoding it a second time costs about a fifth of the throughput). `Job.asJSON` is BullMQ's seam for that.
// - BullMQ writes the queue's settings (no event stream) when the queue is made, and swallows the error when that
//   fails. So a queue counts as open only when its settings were read back.

import { Job, Queue } from 'bullmq'
import type { JobJson } from 'bullmq'

import type { RedisClient } from '../connection/client.ts'
import { QUEUE_NAME, partitionKeys } from '../keys.ts'
import type { PartitionAddress } from '../keys.ts'

/** A job to add. */
export interface NewJob {
  /** `c-<ulid>`; the same in each attempt, so that a repeated one is stored once. */
  readonly id: string
  /** `events-<count>`. */
  readonly name: string
  /** The data, encoded. */
  readonly text: string
}

/** The queue of one partition. */
export interface CommitQueue {
  /** Adds the job. Rejects with what Redis or the connection said. */
  readonly add: (job: NewJob) => Promise<void>
  /** Lets go of the shared connection, which stays open. */
  readonly close: () => Promise<void>
}

/**
 * Opens the queue on a client that is ready.
 *
 * @throws Error when the connection is lost meanwhile; the queue is closed then.
 */
export async function openCommitQueue(
  client: RedisClient,
  address: PartitionAddress,
): Promise<CommitQueue> {
  const queue = new TextQueue(QUEUE_NAME, {
    connection: client,
    prefix: partitionKeys(address).prefix,
    streams: { events: { maxLen: 0 } },
    skipVersionCheck: true,
    skipWaitingForReady: true,
  })
  // Connection errors reach the client's own listeners; BullMQ would print what nobody listens to.
  queue.on('error', () => undefined)
  const close = async (): Promise<void> => queue.close()
  try {
    if ((await queue.getVersion()) === null)
      throw new Error('the settings of the queue were not written')
  } catch (error) {
    await close()
    throw error
  }
  return {
    add: async (job) => {
      await queue.add(job.name, new EncodedData(job.text), { jobId: job.id })
    },
    close,
  }
}

/** Data that is encoded already. What BullMQ makes of it by itself is a placeholder. */
class EncodedData {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  get text(): string {
    return this.#text
  }

  toJSON(): null {
    return null
  }
}

class TextJob extends Job<EncodedData> {
  override asJSON(): JobJson {
    return { ...super.asJSON(), data: this.data.text }
  }
}

class TextQueue extends Queue<EncodedData> {
  protected override get Job(): typeof Job {
    return TextJob as typeof Job
  }
}
