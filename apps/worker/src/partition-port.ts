// Joins one partition of the queue to what its consumer needs: the scripts' calls, whether the connection can take
// commands, and when there may be work.

import type { PartitionPort } from '@retention-relay/delivery'
import { findUnidentified, readTombstones } from '@retention-relay/queue'
import type {
  PartitionKeys,
  PartitionQueue,
  RedisClient,
  ScriptRunner,
  WorkSignal,
} from '@retention-relay/queue'

/** An idle consumer claims after this long, signal or not, in milliseconds. */
const IDLE_MS = 1000
/** Without a signal: shortest and longest wait between two looks, in milliseconds. */
const POLL_MS = 10
const POLL_CAP_MS = 250

/** What the port is made of. */
export interface PartitionPortParts {
  readonly namespace: string
  readonly queue: PartitionQueue
  readonly keys: PartitionKeys
  /** The connection of the scripts. */
  readonly client: RedisClient
  /** The same; has loaded `identifiedScripts`. */
  readonly runner: ScriptRunner
  /** Null in a Cluster, where there is no signal. */
  readonly signal: WorkSignal | null
}

/** The port of one partition. */
export class RedisPartition implements PartitionPort {
  readonly #parts: PartitionPortParts
  #pollMs = POLL_MS

  constructor(parts: PartitionPortParts) {
    this.#parts = parts
  }

  async claim(...call: Parameters<PartitionQueue['claim']>): ReturnType<PartitionQueue['claim']> {
    const reply = await this.#parts.queue.claim(...call)
    if (reply.kind === 'claimed' && reply.jobs.length > 0) this.#pollMs = POLL_MS
    return reply
  }

  async delivered(...call: Parameters<PartitionQueue['delivered']>): Promise<boolean[]> {
    return await this.#parts.queue.delivered(...call)
  }

  async tombstones(marks: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return await readTombstones(this.#parts.client, this.#parts.namespace, marks)
  }

  async unidentified(
    look: Parameters<PartitionPort['unidentified']>[0],
  ): Promise<ReadonlySet<string>> {
    return await findUnidentified(this.#parts.runner, this.#parts.namespace, look)
  }

  async settle(
    ...call: Parameters<PartitionQueue['settle']>
  ): ReturnType<PartitionQueue['settle']> {
    return await this.#parts.queue.settle(...call)
  }

  async requeue(
    ...call: Parameters<PartitionQueue['requeue']>
  ): ReturnType<PartitionQueue['requeue']> {
    return await this.#parts.queue.requeue(...call)
  }

  async ready(signal: AbortSignal): Promise<void> {
    const { client } = this.#parts
    if (client.status === 'ready') return
    await new Promise<void>((resolve, reject) => {
      const finish = (settle: () => void): void => {
        client.off('ready', onReady)
        signal.removeEventListener('abort', onAbort)
        settle()
      }
      const onReady = (): void => finish(resolve)
      const onAbort = (): void => finish(() => reject(new Error('stopped before Redis was ready')))
      client.on('ready', onReady)
      signal.addEventListener('abort', onAbort)
      if (signal.aborted) onAbort()
    })
  }

  async work(signal: AbortSignal): Promise<void> {
    const { signal: markers, keys } = this.#parts
    const idleMs = markers === null ? this.#nextPollMs() : IDLE_MS
    await new Promise<void>((resolve) => {
      const finish = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', finish)
        markers?.cancel(keys.marker)
        resolve()
      }
      const timer = setTimeout(finish, idleMs)
      signal.addEventListener('abort', finish)
      if (signal.aborted) finish()
      else markers?.wait(keys.marker, finish)
    })
  }

  #nextPollMs(): number {
    const pollMs = this.#pollMs
    this.#pollMs = Math.min(POLL_CAP_MS, pollMs * 2)
    return pollMs
  }
}
