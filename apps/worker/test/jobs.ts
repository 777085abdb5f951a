// Jobs as any producer adds them: BullMQ's own Queue, keys and names of the wire. Also what is left of them in Redis.

import type { IdentifyEvent, RelayEvent, TrackEvent } from '@retention-relay/events'
import { createUlidSource, jobName } from '@retention-relay/events'
import { partitionKeys, QUEUE_NAME } from '@retention-relay/queue'
import type { DeadLetterRecord } from '@retention-relay/events'
import type { PartitionKeys } from '@retention-relay/queue'
import type { TestEnd, TestRedis } from '@retention-relay/testkit'
import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { onTestFinished } from 'vitest'

const nextUlid = createUlidSource()

/** An ordinary event. */
export function track(customerId: string, data: Record<string, unknown> = {}): TrackEvent {
  return {
    op: 'track',
    id: nextUlid(),
    customerId,
    occurredAt: Date.now(),
    name: 'order_placed',
    data,
  }
}

/** Attributes of a customer. */
export function identify(
  customerId: string,
  attributes: Record<string, unknown> = { vip_tier: 'gold' },
  version?: number,
): IdentifyEvent {
  const occurredAt = Date.now()
  const versioned = version === undefined ? {} : { version }
  return { op: 'identify', id: nextUlid(), customerId, occurredAt, attributes, ...versioned }
}

/** One partition of a namespace, seen from outside. */
export class PartitionOutside {
  readonly redis: Redis
  readonly keys: PartitionKeys
  readonly #queue: Queue
  readonly #namespace: string

  constructor(
    { socketPath }: TestRedis,
    namespace: string,
    partition = 0,
    onEnd: TestEnd = onTestFinished,
  ) {
    this.#namespace = namespace
    this.keys = partitionKeys({ namespace, generation: 1, partition })
    this.redis = new Redis({ path: socketPath })
    this.#queue = new Queue(QUEUE_NAME, {
      prefix: this.keys.prefix,
      connection: { path: socketPath },
    })
    // A test may end this Redis: that is no news.
    this.redis.on('error', () => undefined)
    this.#queue.on('error', () => undefined)
    onEnd(async () => {
      this.redis.disconnect()
      await this.#queue.close()
    })
  }

  /** Adds a job of these events; returns its id. */
  async add(events: readonly RelayEvent[]): Promise<string> {
    return await this.addData(events.length, { v: 1, ns: this.#namespace, events })
  }

  /** Adds a job whose data is anything, and whose name tells this number of events. */
  async addData(count: number, data: unknown): Promise<string> {
    const job = await this.#queue.add(jobName(count), data, { jobId: `c-${nextUlid()}` })
    return job.id!
  }

  /** Overwrites the data of a job with this text. */
  async damage(jobId: string, text: string): Promise<void> {
    await this.redis.hset(`${this.keys.jobBase}${jobId}`, 'data', text)
  }

  /** Job ids that wait, oldest first. */
  async waiting(): Promise<string[]> {
    return (await this.redis.lrange(this.keys.wait, 0, -1)).toReversed()
  }

  /** Job ids that a worker holds. */
  async active(): Promise<string[]> {
    return await this.redis.lrange(this.keys.active, 0, -1)
  }

  /** Number of jobs that wait or are held. */
  async open(): Promise<number> {
    return (await this.redis.llen(this.keys.wait)) + (await this.redis.llen(this.keys.active))
  }

  /** Number of held jobs of which some positions are settled and some are not. */
  async partlySettled(): Promise<number> {
    const ids = await this.active()
    const bits = await Promise.all(
      ids.map((id) => this.redis.hget(`${this.keys.jobBase}${id}`, 'rs')),
    )
    return bits.filter((text) => text?.includes('-') === true && /[^-]/.test(text)).length
  }

  /** Durable counters. */
  async counters(): Promise<Record<string, number>> {
    const counters = Object.entries(await this.redis.hgetall(this.keys.counters))
    return Object.fromEntries(counters.map(([name, count]) => [name, Number(count)]))
  }

  /** Dead letters, oldest first. */
  async deadLetters(): Promise<DeadLetterRecord[]> {
    const members = await this.redis.zrange(this.keys.dead, '0', '-1')
    const records = members.map((member) =>
      this.redis.hget(`${this.keys.dead}:${member}`, 'record'),
    )
    return (await Promise.all(records)).map((text) => JSON.parse(text!) as DeadLetterRecord)
  }
}
