// The producer's way into Redis: takes encoded events, commits them partition by partition, and settles each caller
// with the fate of its own commit. Bounds what is held in memory and keeps out of the last fifth of Redis' memory.
// May go wrong: Redis is away, refuses writes, is full, or does not answer; each ends as an EnqueueError that says
// whether the event can be stored.

import type { RedisClient } from '../connection/client.ts'
import type { OpenNamespace } from '../connection/namespace.ts'
import { ScriptRunner } from '../connection/script.ts'
import { partitionKeys } from '../keys.ts'
import { tombstoneScripts } from '../tombstones/tombstone-store.ts'
import { openCommitTarget } from './commit-target.ts'
import type { OpenCommitTarget } from './commit-target.ts'
import { EnqueueError } from './enqueue-error.ts'
import type { EnqueueErrorCode } from './enqueue-error.ts'
import { jobHead } from './group.ts'
import { CommitLane } from './lane.ts'
import { MemoryWatch } from './memory-watch.ts'
import type { EncodedEvent } from './pending-event.ts'
import { ReplicaBarrier } from './replica-barrier.ts'

/** What a committer needs. */
export interface CommitterOptions {
  /** Ready. Shared by all partitions, and not closed by the committer. */
  readonly client: RedisClient
  readonly namespace: OpenNamespace
  /** The service with its version, as in `PRODUCER_PATTERN`. Default: none is named. */
  readonly service?: string
  /** How long a caller waits, in milliseconds. */
  readonly enqueueTimeoutMs: number
  /** Most events that wait at a time. */
  readonly maxPendingEvents: number
  /** Replicas that must have a commit before it is acknowledged. 0: none. */
  readonly replicas: number
  readonly nextUlid: () => string
  /** Default `performance.now`. */
  readonly monotonicMs?: () => number
}

/** Longest time that one WAIT may hold up a connection. */
const WAIT_CAP_MS = 1000

/** Stores events. */
export interface Committer {
  /**
   * Resolves after Redis has stored the event.
   *
   * @throws EnqueueError at `enqueueTimeoutMs` after the call at the latest.
   */
  readonly submit: (event: EncodedEvent) => Promise<void>
  /** Waits for what was taken in, which takes `enqueueTimeoutMs` at most, and refuses the rest. */
  readonly close: () => Promise<void>
}

/**
 * Opens the queue of each partition.
 *
 * @throws Error when the connection is lost meanwhile.
 */
export async function openCommitter(options: CommitterOptions): Promise<Committer> {
  const { namespace, generation, partitions } = options.namespace
  const addresses = Array.from({ length: partitions }, (_, partition) => {
    return { namespace, generation, partition }
  })
  const { client, replicas } = options
  const timeoutMs = Math.min(WAIT_CAP_MS, options.enqueueTimeoutMs / 2)
  const barrier = new ReplicaBarrier({ replicas, timeoutMs: Math.ceil(timeoutMs) })
  const runner = new ScriptRunner(client, tombstoneScripts)
  const opening = addresses.map((address) => {
    return openCommitTarget({ client, address, replicas, barrier, runner })
  })
  const opened = await Promise.allSettled(opening)
  const targets = opened.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const failed = opened.find((result) => result.status === 'rejected')
  if (failed !== undefined) {
    runner.detach()
    await Promise.all(targets.map((target) => target.close()))
    throw failed.reason
  }
  const keys = addresses.map((address) => partitionKeys(address).meta)
  const memory = new MemoryWatch({ client, partitionKeys: keys })
  await memory.poll()
  return new GroupCommitter(options, { targets, memory, runner })
}

class GroupCommitter implements Committer {
  readonly #maxPendingEvents: number
  readonly #monotonicMs: () => number
  readonly #targets: readonly OpenCommitTarget[]
  /** By partition number. */
  readonly #lanes: readonly CommitLane[]
  readonly #memory: MemoryWatch
  readonly #runner: ScriptRunner
  /** Callers that wait. Written by `submit` and as they are settled. */
  #waiting = 0
  /** Set by `close`; called when no caller waits any more. */
  #onIdle: (() => void) | undefined
  /** Set by the first `close`. */
  #closing: Promise<void> | undefined

  constructor(
    options: CommitterOptions,
    {
      targets,
      memory,
      runner,
    }: {
      readonly targets: readonly OpenCommitTarget[]
      readonly memory: MemoryWatch
      readonly runner: ScriptRunner
    },
  ) {
    const { enqueueTimeoutMs: timeoutMs, nextUlid } = options
    const monotonicMs = options.monotonicMs ?? (() => performance.now())
    const head = jobHead(options.namespace.namespace, options.service)
    this.#maxPendingEvents = options.maxPendingEvents
    this.#monotonicMs = monotonicMs
    this.#targets = targets
    this.#memory = memory
    this.#runner = runner
    const onSettled = (count: number): void => this.#settled(count)
    this.#lanes = targets.map((target) => {
      return new CommitLane({ target, head, timeoutMs, onSettled, nextUlid, monotonicMs })
    })
  }

  submit(event: EncodedEvent): Promise<void> {
    const sinceMs = this.#monotonicMs()
    const refusal = this.#refusalOf(event, sinceMs)
    if (refusal !== undefined) return Promise.reject(refusal)
    const lane = this.#lanes[event.partition]!
    return new Promise((resolve, reject) => {
      this.#waiting += 1
      lane.push({ event, sinceMs, resolve, reject })
    })
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve
      if (this.#waiting === 0) resolve()
    })
    for (const lane of this.#lanes) lane.close()
    this.#runner.detach()
    await Promise.all(this.#targets.map((target) => target.close()))
  }

  #refusalOf(event: EncodedEvent, nowMs: number): EnqueueError | undefined {
    if (this.#onIdle !== undefined) {
      return refuse(
        'RELAY_ENQUEUE_CLOSED',
        'The producer is closed; the event is not stored.',
        event,
      )
    }
    if (this.#waiting >= this.#maxPendingEvents) {
      return refuse(
        'RELAY_ENQUEUE_BACKPRESSURE',
        `${this.#maxPendingEvents} events wait for Redis already; the event is not stored.`,
        event,
      )
    }
    if (this.#memory.isFull(event.partition, nowMs)) {
      return refuse(
        'RELAY_ENQUEUE_BACKPRESSURE',
        'Redis is above 80 % of its maxmemory; the event is not stored.',
        event,
      )
    }
    return undefined
  }

  #settled(count: number): void {
    this.#waiting -= count
    if (this.#waiting === 0) this.#onIdle?.()
  }
}

function refuse(code: EnqueueErrorCode, message: string, event: EncodedEvent): EnqueueError {
  return new EnqueueError(code, message, { event })
}
