// Keeps producers out of the last fifth of Redis' memory. That part belongs to the workers: memory shrinks only by
// delivering, and delivering needs memory. INFO is read once a second while events arrive, by no timer of its own.
// In a Cluster each master has its own memory, and only the partitions of a full one are held back.

import { masters, nodeAddress, nodeOf } from '../connection/cluster-node.ts'
import type { RedisClient } from '../connection/client.ts'
import { parseInfo } from '../connection/inspect.ts'

/** Producers are refused above this part of `maxmemory`. */
export const BACKPRESSURE_RATIO = 0.8

const POLL_INTERVAL_MS = 1000

/** What the watch needs. */
export interface MemoryWatchOptions {
  readonly client: RedisClient
  /** One key of each partition, by partition number. */
  readonly partitionKeys: readonly string[]
}

/** Knows which partitions are on a Redis that is nearly full. */
export class MemoryWatch {
  readonly #options: MemoryWatchOptions
  /** By partition number. Written by each poll. */
  #full: readonly boolean[] = []
  #polledAtMs = Number.NEGATIVE_INFINITY
  #polling = false

  constructor(options: MemoryWatchOptions) {
    this.#options = options
  }

  /**
   * Whether the partition's Redis is nearly full, as of the last poll. Starts the next poll when it is due.
   * `nowMs`: the monotonic clock.
   */
  isFull(partition: number, nowMs: number): boolean {
    if (!this.#polling && nowMs - this.#polledAtMs >= POLL_INTERVAL_MS) {
      this.#polledAtMs = nowMs
      void this.poll()
    }
    return this.#full[partition] === true
  }

  /** Reads the memory of each master now. Never rejects: while Redis does not tell, the last answer stands. */
  async poll(): Promise<void> {
    const { client, partitionKeys } = this.#options
    if (client.status !== 'ready') return
    this.#polling = true
    try {
      const full = new Set<string>()
      for (const node of masters(client)) {
        if (isNearlyFull(await node.info('memory'))) full.add(nodeAddress(node))
      }
      this.#full = partitionKeys.map((key) => {
        const node = nodeOf(client, key)
        return node !== undefined && full.has(nodeAddress(node))
      })
    } catch {
      // Lost connection or INFO forbidden: an overfull Redis then still answers OOM.
    } finally {
      this.#polling = false
    }
  }
}

function isNearlyFull(info: string): boolean {
  const fields = parseInfo(info)
  const limit = Number(fields.get('maxmemory') ?? 0)
  return limit > 0 && Number(fields.get('used_memory') ?? 0) > BACKPRESSURE_RATIO * limit
}
