// Drain: how fast one worker process delivers what waits, over HTTP to a receiver that answers after 20 ms; beside it, on
// the same Redis, BullMQ's own Worker with a processor that does nothing and one event a job.

import { fileURLToPath } from 'node:url'

import { createUlidSource, jobName, partitionOf } from '@retention-relay/events'
import type { RelayEvent } from '@retention-relay/events'
import { openNamespace, partitionKeys, QUEUE_NAME } from '@retention-relay/queue'
import type { OpenNamespace } from '@retention-relay/queue'
import type { TestEnd, TestProcess } from '@retention-relay/testkit'
import { startProcess } from '@retention-relay/testkit'
import { Queue } from 'bullmq'
import type { Redis } from 'ioredis'

import { cpuTimeUs } from './cpu-time.ts'
import { loadEvent } from './load.ts'
import { measureProgress } from './measure-progress.ts'
import type { Progress } from './measure-progress.ts'

const WORKER = fileURLToPath(new URL('../../worker/dist/main.js', import.meta.url))
const RECEIVER = fileURLToPath(new URL('receiver-process.js', import.meta.url))
const STOCK_WORKER = fileURLToPath(new URL('stock-worker-process.js', import.meta.url))

/** Namespace of the load. */
export const NAMESPACE = 'bench'

/** Options of Node with which a worker runs, as the image starts it. */
export const WORKER_NODE_OPTIONS = '--max-old-space-size=192'

/** Where it is measured. */
export interface Ground {
  readonly client: Redis
  readonly socketPath: string
  readonly onEnd: TestEnd
}

/** Progress, and what each event cost. */
export interface DrainFigures extends Progress {
  /** Time that the worker computed for one event, in microseconds. */
  readonly cpuUsPerEvent: number
}

/** Drains `events` events in jobs of `perJob` with one worker process, which gets these settings beside its own. */
export async function measureDrain(
  ground: Ground,
  events: number,
  perJob: number,
  settings: Readonly<Record<string, string>> = {},
): Promise<DrainFigures> {
  const { client, onEnd } = ground
  await client.flushall()
  const namespace = await openNamespace(client, { namespace: NAMESPACE })
  await addJobs(client, namespace, events, perJob)
  const receiver = startProcess({ script: RECEIVER, onEnd })
  const [, port = ''] = await receiver.waitForLine(/^port (\d+)$/)
  // Far above what one worker reaches: the limit is not what is measured.
  const worker = startWorker(ground, `http://127.0.0.1:${port}`, 10_000, settings)
  await worker.waitForLine(/"event":"worker.listening"/)
  const startUs = await cpuTimeUs(worker.pid)
  const progress = await measureProgress(events, () => readDelivered(client, namespace))
  const cpuUsPerEvent = ((await cpuTimeUs(worker.pid)) - startUs) / events
  await worker.kill('SIGTERM')
  await receiver.kill('SIGTERM')
  return { ...progress, cpuUsPerEvent }
}

/** A worker process on the receiver at `url`; `rateLimit` in requests per second. */
export function startWorker(
  ground: Ground,
  url: string,
  rateLimit: number,
  settings: Readonly<Record<string, string>> = {},
): TestProcess {
  return startProcess({
    script: WORKER,
    onEnd: ground.onEnd,
    env: {
      REDIS_URL: `unix://${ground.socketPath}`,
      RELAY_NAMESPACE: NAMESPACE,
      RELAY_RATE_LIMIT: String(rateLimit),
      RELAY_HTTP_PORT: '0',
      CUSTOMERIO_SITE_ID: 'bench',
      CUSTOMERIO_API_KEY: 'bench',
      CUSTOMERIO_TRACK_URL: url,
      LOG_LEVEL: 'info',
      NODE_OPTIONS: WORKER_NODE_OPTIONS,
      ...settings,
    },
  })
}

/** BullMQ's own Worker: `jobs` jobs of one event, nothing done with them. */
export async function measureStockDrain(
  ground: Ground,
  jobs: number,
  concurrency: number,
): Promise<Progress> {
  const { client, socketPath, onEnd } = ground
  await client.flushall()
  const prefix = '{stock}'
  const queue = new Queue(QUEUE_NAME, { prefix, connection: client })
  for (let first = 0; first < jobs; first += 500) {
    await queue.addBulk(
      Array.from({ length: 500 }, (_, index) => ({
        name: 'event',
        data: loadEvent(first + index),
      })),
    )
  }
  const worker = startProcess({
    script: STOCK_WORKER,
    args: [socketPath, prefix, QUEUE_NAME, String(concurrency)],
    onEnd,
  })
  const progress = await measureProgress(jobs, async () => {
    const counts = await queue.getJobCounts('waiting', 'active')
    return jobs - (counts['waiting'] ?? 0) - (counts['active'] ?? 0)
  })
  await worker.kill('SIGTERM')
  return progress
}

/** Adds the load as full jobs, through BullMQ as the producer does. */
async function addJobs(
  client: Redis,
  namespace: OpenNamespace,
  events: number,
  perJob: number,
): Promise<void> {
  const nextId = createUlidSource()
  const lanes = Array.from({ length: namespace.partitions }, (): RelayEvent[] => [])
  for (let number = 0; number < events; number += 1) {
    const { customerId, event: view } = loadEvent(number)
    const event: RelayEvent = {
      op: 'track',
      customerId,
      ...view,
      id: nextId(),
      occurredAt: Date.now(),
    }
    lanes[partitionOf(event.customerId, namespace.partitions)]!.push(event)
  }
  await Promise.all(
    lanes.map(async (lane, partition) => {
      const { prefix } = partitionKeys({ ...namespace, partition })
      const queue = new Queue(QUEUE_NAME, {
        prefix,
        connection: client,
        streams: { events: { maxLen: 0 } },
      })
      for (let first = 0; first < lane.length; first += perJob) {
        const group = lane.slice(first, first + perJob)
        await queue.add(
          jobName(group.length),
          { v: 1, ns: NAMESPACE, events: group },
          { jobId: `c-${nextId()}` },
        )
      }
    }),
  )
}

/** Delivered events, by the durable counters. */
export async function readDelivered(client: Redis, namespace: OpenNamespace): Promise<number> {
  const pipeline = client.pipeline()
  for (let partition = 0; partition < namespace.partitions; partition += 1) {
    pipeline.hget(partitionKeys({ ...namespace, partition }).counters, 'delivered')
  }
  const replies = (await pipeline.exec()) ?? []
  return replies.reduce((sum, [, count]) => sum + Number(count ?? 0), 0)
}
