// What the tests of the worker share: the worker app as a process, the mock that it delivers to, and jobs that
// BullMQ's own Queue adds.

import { fileURLToPath } from 'node:url'

import { createUlidSource, jobName, partitionOf } from '@retention-relay/events'
import type { TrackEvent } from '@retention-relay/events'
import type { Mock } from '@retention-relay/mock-customerio'
import { openNamespace, partitionKeys, QUEUE_NAME } from '@retention-relay/queue'
import type { TestEnd, TestProcess } from '@retention-relay/testkit'
import { startProcess } from '@retention-relay/testkit'
import { Queue } from 'bullmq'
import type { Redis } from 'ioredis'

const WORKER = fileURLToPath(new URL('../dist/main.js', import.meta.url))

/** Namespace of the tests. */
export const NAMESPACE = 'test'

/** Starts the worker app. `env` wins over the settings that every test has. */
export function startWorkerProcess(
  redisUrl: string,
  mock: Mock,
  onEnd: TestEnd,
  env: Record<string, string | undefined> = {},
): TestProcess {
  return startProcess({
    script: WORKER,
    onEnd,
    env: {
      REDIS_URL: redisUrl,
      RELAY_NAMESPACE: NAMESPACE,
      RELAY_RATE_LIMIT: '1000',
      RELAY_HTTP_PORT: '0',
      CUSTOMERIO_SITE_ID: mock.settings.siteId,
      CUSTOMERIO_API_KEY: mock.settings.apiKey,
      CUSTOMERIO_TRACK_URL: mock.url,
      LOG_LEVEL: 'info',
      ...env,
    },
  })
}

/** A track with its place in the order of its customer, which the mock checks. */
export function numberedTrack(
  customerId: string,
  sequence: number,
  nextId: () => string,
): TrackEvent {
  const data = { relay_seq: sequence, product_id: 'p-1', name: 'Green tea' }
  return {
    id: nextId(),
    op: 'track',
    customerId,
    name: 'product_viewed',
    data,
    occurredAt: Date.now(),
  }
}

/** Adds jobs of one event each, round robin over the customers, in their order. */
export async function addSingleEventJobs(
  client: Redis,
  jobs: number,
  customers: number,
): Promise<void> {
  const namespace = await openNamespace(client, { namespace: NAMESPACE })
  const nextId = createUlidSource()
  const queues = Array.from({ length: namespace.partitions }, (_, partition) => {
    const { prefix } = partitionKeys({ ...namespace, partition })
    return new Queue(QUEUE_NAME, { prefix, connection: client, streams: { events: { maxLen: 0 } } })
  })
  for (let first = 0; first < jobs; first += 500) {
    const adds = Array.from({ length: Math.min(500, jobs - first) }, async (_, index) => {
      const event = numberedTrack(`cus_${(first + index) % customers}`, first + index, nextId)
      const queue = queues[partitionOf(event.customerId, namespace.partitions)]!
      await queue.add(
        jobName(1),
        { v: 1, ns: NAMESPACE, events: [event] },
        { jobId: `c-${event.id}` },
      )
    })
    await Promise.all(adds)
  }
}
