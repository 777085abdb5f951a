// Starts the process of a worker: the worker app, or the control with the same settings.

import { startProcess } from '@retention-relay/testkit'
import type { TestProcess } from '@retention-relay/testkit'

import { SHUTDOWN_MS } from './life-end.ts'
import { CREDENTIALS } from './mock-process.ts'
import { PROGRAMS } from './programs.ts'
import type { Timeline } from './timeline.ts'

/** What the processes of a slot are told. */
export interface WorkerPlace {
  /** `worker-1`. */
  readonly name: string
  readonly consumer: 'relay' | 'stock'
  readonly namespace: string
  readonly redisUrl: string
  readonly mockPort: number
  readonly partitions: number
  readonly rateLimit: number
  readonly timeline: Timeline
}

/** As the image gives it: with more a worker may take more memory than it promises. */
const HEAP_MB = 192

/** `destination`: base of the Track API, behind the slot's own proxy. */
export function launchWorker(place: WorkerPlace, destination: string): TestProcess {
  const { consumer, namespace, redisUrl, partitions, rateLimit } = place
  return startProcess({
    script: PROGRAMS[consumer === 'relay' ? 'worker' : 'stock'],
    nodeArgs: [`--max-old-space-size=${HEAP_MB}`, '--import', PROGRAMS.hands],
    env: {
      REDIS_URL: redisUrl,
      RELAY_NAMESPACE: namespace,
      RELAY_PARTITIONS: String(partitions),
      RELAY_RATE_LIMIT: String(rateLimit),
      RELAY_TRACKING_PLAN: PROGRAMS.plan,
      RELAY_HTTP_PORT: '0',
      RELAY_SHUTDOWN_MS: String(SHUTDOWN_MS),
      CUSTOMERIO_SITE_ID: CREDENTIALS.siteId,
      CUSTOMERIO_API_KEY: CREDENTIALS.apiKey,
      CUSTOMERIO_TRACK_URL: destination,
      LOG_LEVEL: 'info',
    },
  })
}
