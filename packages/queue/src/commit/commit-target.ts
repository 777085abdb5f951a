// Where a lane commits to: its partition's queue, and behind it the replicas, on the connection that serves the
// partition. Turns whatever happens into one of the outcomes that the lane knows.

import type { Redis } from 'ioredis'

import { bareError } from '../connection/bare-error.ts'
import { nodeOf } from '../connection/cluster-node.ts'
import type { RedisClient } from '../connection/client.ts'
import type { ScriptRunner } from '../connection/script.ts'
import { partitionKeys } from '../keys.ts'
import type { PartitionAddress } from '../keys.ts'
import { failedAdd, failedBefore } from './add-outcome.ts'
import type { AddOutcome } from './add-outcome.ts'
import type { CommitJob, CommitTarget } from './lane.ts'
import { openCommitQueue } from './commit-queue.ts'
import type { CommitQueue } from './commit-queue.ts'
import type { ReplicaBarrier } from './replica-barrier.ts'
import { writeTombstones } from '../tombstones/tombstone-store.ts'

/** What a target needs. */
export interface CommitTargetOptions {
  readonly client: RedisClient
  readonly address: PartitionAddress
  /** Replicas that must have a commit. 0: none. */
  readonly replicas: number
  /** Shared by all partitions of the client. */
  readonly barrier: ReplicaBarrier
  /** Has loaded `tombstoneScripts`. */
  readonly runner: ScriptRunner
}

/** A target that is open. */
export interface OpenCommitTarget extends CommitTarget {
  readonly close: () => Promise<void>
}

/** @throws Error when the connection is lost meanwhile. */
export async function openCommitTarget(options: CommitTargetOptions): Promise<OpenCommitTarget> {
  return new QueueTarget(await openCommitQueue(options.client, options.address), options)
}

class QueueTarget implements OpenCommitTarget {
  readonly #queue: CommitQueue
  readonly #options: CommitTargetOptions
  /** Any key of the partition: tells which node serves it. */
  readonly #key: string

  constructor(queue: CommitQueue, options: CommitTargetOptions) {
    this.#queue = queue
    this.#options = options
    this.#key = partitionKeys(options.address).meta
  }

  ready(): boolean {
    return this.#options.client.status === 'ready' && this.#node()?.status === 'ready'
  }

  async add(job: CommitJob): Promise<AddOutcome> {
    try {
      await this.#bury(job)
    } catch (error) {
      return failedBefore(error)
    }
    try {
      await this.#queue.add(job)
    } catch (error) {
      return failedAdd(error)
    }
    return this.#replicated()
  }

  close(): Promise<void> {
    return this.#queue.close()
  }

  /** A tombstone without its order suppresses a mail about an order that is about to come; an order without it, none. */
  async #bury({ tombstones }: CommitJob): Promise<void> {
    const { runner, address } = this.#options
    await Promise.all(tombstones.map((each) => writeTombstones(runner, address.namespace, each)))
  }

  async #replicated(): Promise<AddOutcome> {
    const { replicas, barrier } = this.#options
    if (replicas === 0) return { kind: 'stored' }
    try {
      const node = this.#node()
      const confirmed = node === undefined ? 0 : await barrier.confirm(node)
      return confirmed >= replicas ? { kind: 'stored' } : { kind: 'unreplicated', confirmed }
    } catch (error) {
      // The job is stored, and on this connection nobody can tell where: it is added again, and confirmed then.
      return { kind: 'lost', cause: bareError(error) }
    }
  }

  #node(): Redis | undefined {
    return nodeOf(this.#options.client, this.#key)
  }
}
