// Everything that stands while a run goes on: Redis, the mock Customer.io, workers and producers, each a process of its
// own, with a proxy between each pair.

import { setMaxListeners } from 'node:events'
import { join } from 'node:path'

import type { TestRedis } from '@retention-relay/testkit'

import type { FaultKind } from '../schedule/fault-table.ts'
import type { Schedule } from '../schedule/schedule.ts'
import { FailoverWatch } from './failover-watch.ts'
import { JobPlanter } from './job-planter.ts'
import { MockProcess } from './mock-process.ts'
import { openRedisStand } from './open-redis-stand.ts'
import { ProducerSlot } from './producer-slot.ts'
import type { RedisStand } from './redis-stand.ts'
import { RunFile } from './run-file.ts'
import { Timeline } from './timeline.ts'
import { WorkerSlot } from './worker-slot.ts'
import type { WorkerPlace } from './launch-worker.ts'

/** Namespace of every run. */
export const NAMESPACE = 'chaos'

/** What a run is made of. */
export interface StageParts {
  readonly schedule: Schedule
  readonly consumer: 'relay' | 'stock'
  /** Where histories are written. */
  readonly folder: string
}

type RedisEnd = TestRedis['ownEnds'][number]

/** What stands. */
export interface Stage extends StageParts {
  readonly timeline: Timeline
  readonly runFile: RunFile
  readonly redis: RedisStand
  /** Behind sentinels alone. */
  readonly failovers: readonly FailoverWatch[]
  /** Ends of Redis by itself that a fault brought about. Written by the fault. */
  readonly meantEnds: Set<RedisEnd>
  readonly mock: MockProcess
  readonly workers: readonly WorkerSlot[]
  /** For a worker that joins for a time. */
  readonly guest: WorkerSlot
  readonly producers: readonly ProducerSlot[]
  readonly planter: JobPlanter
  /** Faults that were done. Written by `runFaults`. */
  readonly injected: FaultKind[]
  /** When the load began, wall clock. */
  readonly startedAt: number
  /** Aborted by `close`: what still goes on in the run ends, and starts nothing. */
  readonly closing: AbortSignal
  /** Ends everything at once. Safe after a run that ended well. */
  readonly close: () => Promise<void>
}

/** Starts everything; what was started is ended again when a part fails. */
export async function openStage(parts: StageParts): Promise<Stage> {
  const closers: (() => Promise<unknown>)[] = []
  const closing = new AbortController()
  // All that goes on at a time listens, which Node takes for a leak.
  setMaxListeners(0, closing.signal)
  const close = async (): Promise<void> => {
    closing.abort()
    const faults: unknown[] = []
    for (const closer of closers.splice(0).toReversed()) {
      await closer().catch((fault: unknown) => faults.push(fault))
    }
    if (faults.length > 0) throw faults[0]
  }
  try {
    return { ...(await open(parts, closers)), closing: closing.signal, close }
  } catch (error) {
    await close()
    throw error
  }
}

async function open(
  parts: StageParts,
  closers: (() => Promise<unknown>)[],
): Promise<Omit<Stage, 'closing' | 'close'>> {
  const timeline = new Timeline()
  const redis = await openRedisStand(parts.schedule.topology)
  closers.push(() => redis.stop())
  const failovers = redis.standIns.map((nodes) => new FailoverWatch(nodes))
  closers.push(async () => failovers.forEach((watch) => watch.stop()))
  const mock = await MockProcess.start(
    join(parts.folder, 'receipts.ndjson'),
    parts.schedule.latencyMs,
  )
  closers.push(() => mock.process.kill())
  const ground = { ...parts, timeline, redis, meantEnds: new Set<RedisEnd>(), mock }
  const place = async (number: number): Promise<WorkerSlot> =>
    await WorkerSlot.open(await workerPlace(ground, number))
  const numbers = Array.from({ length: parts.schedule.workers }, (_, index) => index + 1)
  const workers = await Promise.all(numbers.map(place))
  const guest = await place(workers.length + 1)
  closers.push(() => Promise.all([...workers, guest].map((worker) => worker.close())))
  await Promise.all(workers.map((worker) => worker.start()))
  await Promise.all(workers.map((worker) => worker.started()))
  const producers = await openProducers(ground)
  closers.push(() => Promise.all(producers.map((producer) => producer.close())))
  await Promise.all(producers.map((producer) => producer.ready()))
  const startedAt = Date.now()
  for (const producer of producers) producer.begin(startedAt)
  const planter = new JobPlanter({
    namespace: NAMESPACE,
    address: redis.plainAddress,
    replicas: redis.replicas,
    history: join(parts.folder, 'producer-planted.ndjson'),
  })
  closers.push(async () => planter.close())
  const runFile = new RunFile(parts.schedule)
  const people = { workers, guest, producers, planter }
  return { ...ground, ...people, failovers, runFile, injected: [], startedAt }
}

type Ground = StageParts & Pick<Stage, 'timeline' | 'redis' | 'meantEnds' | 'mock'>

async function workerPlace(ground: Ground, number: number): Promise<WorkerPlace> {
  const { schedule, consumer, timeline, redis, mock } = ground
  const name = `worker-${number}`
  return {
    name,
    consumer,
    namespace: NAMESPACE,
    redisUrl: await redis.addressFor(name),
    mockPort: mock.port,
    partitions: schedule.partitions,
    rateLimit: schedule.rateLimit,
    timeline,
  }
}

async function openProducers(ground: Ground): Promise<ProducerSlot[]> {
  const { schedule, timeline, redis, folder } = ground
  const numbers = Array.from({ length: schedule.load.producers }, (_, index) => index + 1)
  return await Promise.all(
    numbers.map(async (number) => {
      const slot = new ProducerSlot({
        task: {
          seed: schedule.seed,
          namespace: NAMESPACE,
          producer: number,
          load: schedule.load,
          partitions: schedule.partitions,
          replicas: redis.replicas,
        },
        redisUrl: await redis.addressFor(`producer-${number}`),
        folder,
        timeline,
      })
      slot.start()
      return slot
    }),
  )
}
