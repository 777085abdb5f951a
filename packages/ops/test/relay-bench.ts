// A namespace on a real Redis for one test: jobs are added by BullMQ, claimed and settled by the relay's own scripts,
// as a worker would. Nothing is written by hand.

import { createUlidSource, dedupeMember, jobName } from '@retention-relay/events'
import type { DeadLetterRecord, TrackEvent } from '@retention-relay/events'
import {
  consumeScripts,
  LeaseStore,
  leaseScripts,
  openNamespace,
  partitionKeys,
  PartitionQueue,
  QUEUE_NAME,
  ScriptRunner,
} from '@retention-relay/queue'
import type {
  ClaimedJob,
  PartitionKeys,
  RedisAddress,
  RedisClient,
  SettledOutcome,
} from '@retention-relay/queue'
import { Queue } from 'bullmq'

import { connectOps, closeOps } from '../src/index.ts'
import type { OpsConnection } from '../src/index.ts'

const LEASE_TTL_MS = 60_000
const nextUlid = createUlidSource()

/** An event of a customer; two calls give two events. */
export function makeEvent(customerId: string, name = 'order_placed'): TrackEvent {
  const occurredAt = Date.now()
  return { op: 'track', id: nextUlid(), customerId, name, data: { order_id: 'o-1' }, occurredAt }
}

/** A worker's side of one partition. */
export class TestConsumer {
  readonly token: string
  readonly queue: PartitionQueue
  /** Jobs that it holds. */
  held = 0
  /** Its wall clock; the real one while undefined. */
  nowMs: number | undefined
  readonly #partition: number
  readonly #worker: string

  constructor(runner: ScriptRunner, keys: PartitionKeys, worker: string, partition: number) {
    this.queue = new PartitionQueue(runner, keys, () => this.nowMs ?? Date.now())
    this.#worker = worker
    this.#partition = partition
    this.token = `${worker}#1`
  }

  async claim(maxJobs = 200): Promise<readonly ClaimedJob[]> {
    const { token, held } = this
    const reply = await this.queue.claim({ token, maxJobs, maxBytes: 1_000_000, held })
    if (reply.kind !== 'claimed') throw new Error(`the claim ended as ${reply.kind}`)
    this.held += reply.jobs.length
    return reply.jobs
  }

  /** Claims one job and fails when there is none. */
  async claimOne(): Promise<ClaimedJob> {
    const job = (await this.claim(1)).at(0)
    if (job === undefined) throw new Error('there is no job to claim')
    return job
  }

  /** Settles one position of a job. `record` wins over the fields that a test does not care about. */
  async settle(
    job: ClaimedJob,
    position: number,
    outcome: SettledOutcome,
    record: Partial<DeadLetterRecord> = {},
  ): Promise<void> {
    const { events } = JSON.parse(job.data.toString()) as { events: TrackEvent[] }
    const event = events.at(position)!
    const full = { ...this.#deadRecord(job, event), ...record }
    const member = dedupeMember(full.id)
    const dead = outcome === 'dead' ? { record: full } : {}
    const reply = await this.queue.settle({
      token: this.token,
      jobs: [
        {
          jobId: job.id,
          count: events.length,
          positions: [{ position, member, outcome, ...dead }],
        },
      ],
    })
    if (reply !== 'settled') throw new Error(`the settle ended as ${reply}`)
    if (events.length === 1) this.held -= 1
  }

  #deadRecord(job: ClaimedJob, event: TrackEvent): DeadLetterRecord {
    return {
      id: event.id,
      reason: 'rejected',
      label: event.name,
      customerId: event.customerId,
      event,
      status: 400,
      field: 'attributes.email',
      message: 'is not an e-mail address',
      attempts: 1,
      maybeDelivered: false,
      committedAt: job.committedAt,
      diedAt: Date.now(),
      partition: this.#partition,
      worker: this.#worker,
    }
  }
}

/** One test's namespace. */
export class RelayBench {
  readonly namespace: string
  readonly partitions: number
  readonly connection: OpsConnection
  readonly client: RedisClient
  readonly #queues = new Map<number, Queue>()

  private constructor(connection: OpsConnection, namespace: string, partitions: number) {
    this.connection = connection
    this.client = connection.client
    this.namespace = namespace
    this.partitions = partitions
  }

  static async open(
    redis: { readonly url: RedisAddress },
    namespace: string,
    partitions = 2,
  ): Promise<RelayBench> {
    const arrival = await connectOps(redis.url, { timeoutMs: 5000 })
    if (arrival.kind !== 'connected') throw new Error('the test Redis is away')
    await openNamespace(arrival.connection.client, { namespace, partitions })
    return new RelayBench(arrival.connection, namespace, partitions)
  }

  /** BullMQ's own queue of a partition. */
  queueOf(partition: number): Queue {
    const { prefix } = this.keys(partition)
    const queue =
      this.#queues.get(partition) ??
      new Queue(QUEUE_NAME, {
        connection: this.connection.client,
        prefix,
        streams: { events: { maxLen: 0 } },
        skipWaitingForReady: true,
      })
    this.#queues.set(partition, queue)
    return queue
  }

  keys(partition: number): PartitionKeys {
    return partitionKeys({ namespace: this.namespace, generation: 1, partition })
  }

  /** Adds a job that holds these events. Returns its id. */
  async add(partition: number, events: readonly TrackEvent[], name?: string): Promise<string> {
    const data = { v: 1, ns: this.namespace, events }
    const jobId = `c-${nextUlid()}`
    await this.queueOf(partition).add(name ?? jobName(events.length), data, { jobId })
    return jobId
  }

  /** Takes the lease of a partition for a worker. */
  async lease(partition: number, worker = 'worker-a'): Promise<TestConsumer> {
    const runner = new ScriptRunner(this.connection.client, [...leaseScripts, ...consumeScripts])
    const keys = this.keys(partition)
    const consumer = new TestConsumer(runner, keys, worker, partition)
    const { held } = await new LeaseStore(runner, worker, LEASE_TTL_MS).acquire(
      keys,
      consumer.token,
    )
    if (!held) throw new Error('somebody else has the lease')
    return consumer
  }

  async close(): Promise<void> {
    for (const queue of this.#queues.values()) await queue.close()
    closeOps(this.connection)
  }
}
