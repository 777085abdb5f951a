// What the tests of the consuming side share: one private Redis per file, and for each test a fresh partition in a
// namespace of its own. Jobs are added by BullMQ's own Queue, so that every test also reads BullMQ's real layout.
import { createUlidSource, dedupeMember, jobName } from '@retention-relay/events'
import { startTestRedis } from '@retention-relay/testkit'
import type { TestRedis } from '@retention-relay/testkit'
import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect } from 'vitest'

import { consumeScripts, leaseScripts, LeaseStore, PartitionQueue } from '../src/index.ts'
import { partitionKeys, QUEUE_NAME, ScriptRunner, WorkerRegistry } from '../src/index.ts'
import type { ClaimedJob, NamespaceKeys, PartitionKeys, RedisClient } from '../src/index.ts'
import type { DeadLetterRecord } from '@retention-relay/events'
import type { SettledJob, SettledPosition } from '../src/index.ts'

/** Long enough that no lease ends by itself within a test. */
export const TTL_MS = 60_000

/** A partition of its own, leased by `worker#1`. */
export interface Partition {
  readonly keys: PartitionKeys
  /** A plain client, to look and to meddle. */
  readonly redis: Redis
  readonly server: TestRedis
  readonly bull: Queue
  readonly runner: ScriptRunner
  readonly queue: PartitionQueue
  readonly leases: LeaseStore
  readonly token: string
  /** Adds a job of so many events through BullMQ and returns its id. */
  readonly add: (events: number, name?: string) => Promise<string>
  readonly addMany: (jobs: number, events: number) => Promise<string[]>
}

/** How a partition starts. */
export interface PartitionOptions {
  /** Wall clock of the partition's queue. */
  readonly now?: () => number
  /** Default true. */
  readonly leased?: boolean
}

const nextUlid = createUlidSource()

/** Starts a Redis for this file; the returned function makes partitions on it. */
export function usePartitions(
  args: readonly string[] = [],
): (options?: PartitionOptions) => Promise<Partition> {
  let server: TestRedis
  let redis: Redis
  let number = 0
  const bulls: Queue[] = []
  beforeAll(async () => {
    // What the disk does is not the subject here.
    server = await startTestRedis({ args: ['--appendfsync', 'no', ...args] })
    redis = new Redis({ path: server.socketPath, maxRetriesPerRequest: null })
  })
  afterAll(async () => {
    for (const bull of bulls) await bull.close()
    redis.disconnect()
    await server.stop()
  })
  return async (options = {}) => {
    number += 1
    const keys = partitionKeys({ namespace: `test-${number}`, generation: 1, partition: 3 })
    const bull = openBull(keys, redis)
    bulls.push(bull)
    const runner = new ScriptRunner(redis, [...consumeScripts, ...leaseScripts])
    await runner.load()
    const leases = new LeaseStore(runner, 'worker', TTL_MS)
    const token = 'worker#1'
    if (options.leased !== false) await leases.acquire(keys, token)
    const queue = new PartitionQueue(runner, keys, options.now)
    return { keys, redis, server, bull, runner, queue, leases, token, ...adders(bull) }
  }
}

/** A worker's view of the registry. `createdAt`: of the namespace that it knows. */
export function registryOf(
  runner: ScriptRunner,
  keys: NamespaceKeys,
  workerId: string,
  createdAt = '',
): WorkerRegistry {
  return new WorkerRegistry(runner, { keys, workerId, ttlMs: TTL_MS, createdAt })
}

/** BullMQ's Queue of a partition, as the producer opens it. */
export function openBull(keys: PartitionKeys, redis: RedisClient): Queue {
  return new Queue(QUEUE_NAME, {
    prefix: keys.prefix,
    connection: redis,
    streams: { events: { maxLen: 0 } },
  })
}

function adders(bull: Queue): Pick<Partition, 'add' | 'addMany'> {
  const add = async (events: number, name = jobName(events)): Promise<string> => {
    const job = await bull.add(name, { v: 1, events }, { jobId: `c-${nextUlid()}` })
    return job.id ?? ''
  }
  const addMany = async (jobs: number, events: number): Promise<string[]> => {
    const one = (): Parameters<Queue['addBulk']>[0][number] => {
      return { name: jobName(events), data: { v: 1, events }, opts: { jobId: `c-${nextUlid()}` } }
    }
    const added = await bull.addBulk(Array.from({ length: jobs }, one))
    return added.map((job) => job.id ?? '')
  }
  return { add, addMany }
}

/** Claims and expects jobs. `held`: jobs that are held already. */
export async function claimJobs(
  partition: Partition,
  held = 0,
  maxJobs = 200,
  token: string = partition.token,
): Promise<readonly ClaimedJob[]> {
  const reply = await partition.queue.claim({ token, maxJobs, maxBytes: 1_000_000, held })
  expect(reply.kind).toBe('claimed')
  return reply.kind === 'claimed' ? reply.jobs : []
}

/** The id of the event at a position of a test's job. */
export function memberAt(jobId: string, position: number): string {
  return dedupeMember(`${jobId}.${position}`)
}

/** A whole job, every position with the same outcome. */
export function wholeJob(
  jobId: string,
  count: number,
  outcome: 'delivered' | 'duplicate' = 'delivered',
): SettledJob {
  const positions = Array.from({ length: count }, (_, position): SettledPosition => {
    return { position, member: memberAt(jobId, position), outcome }
  })
  return { jobId, count, positions }
}

/** A dead position. */
export function deadAt(jobId: string, position: number, member: string): SettledPosition {
  return { position, member, outcome: 'dead', record: deadLetter(`${jobId}.${position}`) }
}

/** The record of a death. */
export function deadLetter(id: string, changes: Partial<DeadLetterRecord> = {}): DeadLetterRecord {
  return {
    id,
    reason: 'rejected',
    label: 'order_placed',
    status: 400,
    field: 'attributes.plan',
    message: 'too long',
    attempts: 1,
    maybeDelivered: false,
    committedAt: 1_764_000_000_000,
    diedAt: 1_764_000_001_000,
    partition: 3,
    worker: 'worker',
    ...changes,
  }
}

/** The durable counters as numbers. */
export async function countersOf(partition: Partition): Promise<Record<string, number>> {
  const counters = await partition.redis.hgetall(partition.keys.counters)
  return Object.fromEntries(Object.entries(counters).map(([name, text]) => [name, Number(text)]))
}

/** Ids in the order in which they will be, or were, taken. */
export async function idsIn(partition: Partition, list: 'wait' | 'active'): Promise<string[]> {
  return (await partition.redis.lrange(partition.keys[list], 0, -1)).toReversed()
}

/** Whether BullMQ's lock of a job is there. */
export async function isLocked(partition: Partition, jobId: string): Promise<boolean> {
  return (await partition.redis.exists(`${partition.keys.jobBase}${jobId}:lock`)) === 1
}
