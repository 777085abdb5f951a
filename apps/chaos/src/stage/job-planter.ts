// Puts jobs into the queue by hand, past the producer: BullMQ's own Queue, keys and names of the wire. It tries until Redis
// has taken the job, and writes the history of a producer. It also puts fields into the relay's keys.

import { setTimeout as pause } from 'node:timers/promises'

import { jobName } from '@retention-relay/events'
import {
  awaitRedis,
  closeRedisClient,
  createRedisClient,
  nodeOf,
  partitionKeys,
  QUEUE_NAME,
} from '@retention-relay/queue'
import type { RedisClient } from '@retention-relay/queue'
import { Queue } from 'bullmq'

import { CallRecorder } from '../load/call-recorder.ts'
import type { PlantedJob } from '../load/planted-job.ts'

/** Far above those of a queue or two. */
const LISTENERS = 100

const RETRY_MS = 200
const READY_MS = 5000
const ATTEMPT_MS = 8000
const REPLICATED_MS = 2000

/** Plants jobs. */
export class JobPlanter {
  readonly #namespace: string
  readonly #client: RedisClient
  /** Replicas that must have a job: a failover loses what they have not. */
  readonly #replicas: number
  readonly #recorder: CallRecorder
  readonly #closing = new AbortController()

  constructor(parts: { namespace: string; address: string; replicas: number; history: string }) {
    this.#namespace = parts.namespace
    this.#client = createRedisClient(parts.address, { name: 'chaos-planter' })
    // BullMQ adds to the bound of listeners while a queue is open, which makes of "none" a bound of 3.
    this.#client.setMaxListeners(LISTENERS)
    this.#replicas = parts.replicas
    this.#recorder = new CallRecorder(parts.history)
  }

  /** Resolves when Redis has it. */
  async plant({ partition, jobId, count, data, occurredAt, calls }: PlantedJob): Promise<void> {
    const numbers = calls.map((call) => this.#recorder.called(call, occurredAt))
    await this.#untilTaken(async () => {
      await this.#add(partition, jobName(count), data, jobId)
      await this.#replicated(this.#keys(partition).meta)
    })
    for (const number of numbers) this.#recorder.acknowledged(number)
  }

  /** Puts other data into a planted job, unless it is gone. */
  async rewrite({ partition, jobId }: PlantedJob, data: unknown): Promise<void> {
    const key = `${this.#keys(partition).jobBase}${jobId}`
    await this.#untilTaken(async () => {
      if ((await this.#client.exists(key)) === 1) {
        await this.#client.hset(key, 'data', JSON.stringify(data))
        await this.#replicated(key)
      }
    })
  }

  /** Puts a field into a hash. */
  async addField(key: string, field: string): Promise<void> {
    await this.#untilTaken(async () => {
      await this.#client.hset(key, field, '1')
      await this.#replicated(key)
    })
  }

  /** What is not taken yet is given up. */
  close(): void {
    this.#closing.abort()
    closeRedisClient(this.#client)
  }

  /** A queue of its own for each attempt: one whose connection was lost may never answer. */
  async #add(partition: number, name: string, data: unknown, jobId: string): Promise<void> {
    const queue = new Queue(QUEUE_NAME, {
      prefix: this.#keys(partition).prefix,
      connection: this.#client,
      streams: { events: { maxLen: 0 } },
      skipWaitingForReady: true,
    })
    queue.on('error', () => undefined)
    try {
      await queue.add(name, data, { jobId })
    } finally {
      await queue.close()
    }
  }

  #keys(partition: number): ReturnType<typeof partitionKeys> {
    return partitionKeys({ namespace: this.#namespace, generation: 1, partition })
  }

  /** Rejects when a replica does not have it in time. */
  async #replicated(key: string): Promise<void> {
    const confirmed = await nodeOf(this.#client, key)?.wait(this.#replicas, REPLICATED_MS)
    if ((confirmed ?? 0) < this.#replicas) throw new Error('not replicated')
  }

  async #untilTaken(write: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        const { kind } = await awaitRedis(this.#client, { timeoutMs: READY_MS })
        if (kind === 'ready') return await withinTime(write())
      } catch {
        // Refused, or without an answer: once more, under the same id.
      }
      await pause(RETRY_MS, undefined, { signal: this.#closing.signal })
    }
  }
}

/** A write without an answer is made again. */
async function withinTime(write: Promise<void>): Promise<void> {
  const ended = new AbortController()
  const tooLong = pause(ATTEMPT_MS, undefined, { signal: ended.signal }).then(() => {
    throw new Error('no answer')
  })
  try {
    await Promise.race([write, tooLong])
  } finally {
    ended.abort()
  }
}
