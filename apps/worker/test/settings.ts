// Settings of a worker under test: one partition, any free port, a mock (or nobody) as destination, and a tracking plan
// that lets every event pass.

import type { Mock } from '@retention-relay/mock-customerio'
import { LOOSE_PLAN } from '@retention-relay/testkit'

import type { Settings } from './observed-worker.ts'

/** Where nobody listens. */
const NOWHERE = 'http://127.0.0.1:9'

/** Settings of a namespace. REDIS_URL is added by the test. */
export function settingsOf(namespace: string, mock?: Mock): Settings {
  return {
    RELAY_NAMESPACE: namespace,
    RELAY_PARTITIONS: '1',
    RELAY_RATE_LIMIT: '1000',
    RELAY_TRACKING_PLAN: LOOSE_PLAN,
    RELAY_HTTP_PORT: '0',
    RELAY_SHUTDOWN_MS: '3000',
    CUSTOMERIO_SITE_ID: mock?.settings.siteId ?? 'mock-site-id',
    CUSTOMERIO_API_KEY: mock?.settings.apiKey ?? 'mock-api-key',
    CUSTOMERIO_TRACK_URL: mock?.url ?? NOWHERE,
  }
}
