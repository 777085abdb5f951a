// Setup: a worker whose wall clock is hours off, as of a machine that was suspended, and a Redis whose clock is right.
// Timeline: an identify and a cart of this moment come.
// Proves: no event dies of the worker's own clock.

import { retentionPlan } from '@retention-relay/events'
import { startMock } from '@retention-relay/mock-customerio'
import { createProducer } from '@retention-relay/producer'
import { startTestRedis } from '@retention-relay/testkit'
import { expect, onTestFinished, test } from 'vitest'

import { PartitionOutside } from './jobs.ts'
import { ObservedWorker } from './observed-worker.ts'
import { settingsOf } from './settings.ts'

const CLOCK_OFF = new URL('clock-off.mjs', import.meta.url).href
const HOUR_MS = 60 * 60_000

test.each([
  ['behind', -3],
  ['ahead', 49],
])('no event dies of a clock that is %s by %d hours', async (where, hours) => {
  const redis = await startTestRedis({ onEnd: onTestFinished })
  const mock = await startMock()
  onTestFinished(() => mock.close())
  const partition = new PartitionOutside(redis, where)
  new ObservedWorker({
    ...settingsOf(where, mock),
    RELAY_TRACKING_PLAN: undefined,
    REDIS_URL: redis.url,
    NODE_OPTIONS: `--import ${CLOCK_OFF}`,
    RELAY_TEST_CLOCK_MS: String(hours * HOUR_MS),
  })
  const producer = await createProducer({
    namespace: where,
    redis: redis.url,
    partitions: 1,
    trackingPlan: retentionPlan,
  })
  await producer.identify('cus_1', { vip_tier: 'gold' })
  await producer.track('cus_1', {
    name: 'cart_updated',
    data: { cart_id: 'ca-1', items: [], value: 19.9, currency: 'EUR' },
  })
  await producer.close()
  await mock.waitFor((summary) => summary.applied === 2)
  expect(await partition.deadLetters()).toEqual([])
})
