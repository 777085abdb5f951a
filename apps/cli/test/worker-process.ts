// A worker as a process of its own, against a Redis and a mock of the test's.

import { fileURLToPath } from 'node:url'

import type { Mock } from '@retention-relay/mock-customerio'
import { startProcess } from '@retention-relay/testkit'
import type { TestEnd, TestProcess, TestRedis } from '@retention-relay/testkit'

const WORKER = fileURLToPath(new URL('../../worker/dist/main.js', import.meta.url))

/** What it works with. */
export interface WorkerPlace {
  readonly redis: TestRedis
  readonly mock: Mock
  readonly namespace: string
  /** Path of its tracking plan. */
  readonly plan: string
  readonly onEnd: TestEnd
}

/** Resolves when it has started; the namespace has one partition. */
export async function startWorker(place: WorkerPlace): Promise<TestProcess> {
  const { redis, mock, namespace, plan, onEnd } = place
  const worker = startProcess({
    script: WORKER,
    onEnd,
    env: {
      REDIS_URL: redis.url,
      RELAY_NAMESPACE: namespace,
      RELAY_PARTITIONS: '1',
      RELAY_TRACKING_PLAN: plan,
      RELAY_HTTP_PORT: '0',
      CUSTOMERIO_SITE_ID: mock.settings.siteId,
      CUSTOMERIO_API_KEY: mock.settings.apiKey,
      CUSTOMERIO_TRACK_URL: mock.url,
    },
  })
  await worker.waitForLine(/"event":"worker.started"/)
  return worker
}
