// What a namespace holds, seen and settled as a worker would: through the relay's own lease, claim and settle.

import { dedupeMember, eventLabel } from '@retention-relay/events'
import type { RelayEvent } from '@retention-relay/events'
import {
  awaitRedis,
  consumeScripts,
  createRedisClient,
  LeaseStore,
  leaseScripts,
  partitionKeys,
  PartitionQueue,
  readNamespace,
  ScriptRunner,
} from '@retention-relay/queue'
import type { ClaimedJob, OpenNamespace, RedisClient, SettledJob } from '@retention-relay/queue'

/** A job and its events. */
export interface StoredJob {
  readonly partition: number
  readonly name: string
  /** The service that added it. */
  readonly producer?: string
  readonly events: readonly RelayEvent[]
}

/** What becomes of each event: delivered, or dead with a message. */
export type FateOf = (event: RelayEvent) => 'delivered' | { readonly dead: string }

/** A worker for a test. */
export class TestWorker {
  readonly #client: RedisClient
  readonly #runner: ScriptRunner
  readonly #open: OpenNamespace

  private constructor(client: RedisClient, open: OpenNamespace) {
    this.#client = client
    this.#open = open
    this.#runner = new ScriptRunner(client, [...leaseScripts, ...consumeScripts])
  }

  static async start(redisUrl: string, namespace: string): Promise<TestWorker> {
    const client = createRedisClient(redisUrl, { name: 'test-worker' })
    const arrival = await awaitRedis(client, { timeoutMs: 5000 })
    const open = arrival.kind === 'ready' ? await readNamespace(client, namespace) : null
    if (open === null) throw new Error(`${namespace} cannot be opened`)
    return new TestWorker(client, open)
  }

  /** Claims everything that waits in all partitions and settles it. Returns the jobs in the order of their claims. */
  async work(fateOf: FateOf): Promise<StoredJob[]> {
    const jobs: StoredJob[] = []
    for (let partition = 0; partition < this.#open.partitions; partition += 1) {
      jobs.push(...(await this.#workPartition(partition, fateOf)))
    }
    return jobs
  }

  stop(): void {
    this.#runner.detach()
    this.#client.disconnect()
  }

  async #workPartition(partition: number, fateOf: FateOf): Promise<StoredJob[]> {
    const keys = partitionKeys({ ...this.#open, partition })
    const token = 'test-worker#1'
    await new LeaseStore(this.#runner, 'test-worker', 60_000).acquire(keys, token)
    const queue = new PartitionQueue(this.#runner, keys)
    const done: StoredJob[] = []
    for (;;) {
      const reply = await queue.claim({ token, maxJobs: 200, maxBytes: 1_000_000, held: 0 })
      if (reply.kind !== 'claimed') throw new Error(`the claim ended as ${reply.kind}`)
      if (reply.jobs.length === 0) return done
      const jobs = reply.jobs.map((job) => ({ job, ...dataOf(job) }))
      const settled = jobs.map(({ job, events }) => settledJob(job, events, partition, fateOf))
      await queue.settle({ token, jobs: settled })
      done.push(...jobs.map(({ job, ...data }) => ({ partition, name: job.name, ...data })))
    }
  }
}

function dataOf({ data }: ClaimedJob): Pick<StoredJob, 'producer' | 'events'> {
  return JSON.parse(data.toString()) as Pick<StoredJob, 'producer' | 'events'>
}

function settledJob(
  job: ClaimedJob,
  events: readonly RelayEvent[],
  partition: number,
  fateOf: FateOf,
): SettledJob {
  const positions = events.map((event, position) => {
    const member = dedupeMember(event.id)
    const fate = fateOf(event)
    if (fate === 'delivered') return { position, member, outcome: fate }
    const record = {
      id: event.id,
      reason: 'rejected' as const,
      label: eventLabel(event),
      customerId: event.customerId,
      event,
      status: 400,
      field: 'attributes.email',
      message: fate.dead,
      attempts: 1,
      maybeDelivered: false,
      committedAt: job.committedAt,
      diedAt: Date.now(),
      partition,
      worker: 'test-worker',
    }
    return { position, member, outcome: 'dead' as const, record }
  })
  return { jobId: job.id, count: events.length, positions }
}
