// Setup: a worker whose wall clock is hours off, as of a machine that was suspended, and a Redis whose clock is right.
// Timeline: an identify and a cart of this moment come.
// Proves: no event dies of the worker's own clock.

import { startMock } from '@retention-relay/mock-customerio'
import { startTestRedis } from '@retention-relay/testkit'
import { expect, onTestFinished, test } from 'vitest'

import { identify, PartitionOutside, track } from './jobs.ts'
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
  const worker = new ObservedWorker({
    ...settingsOf(where, mock),
    RELAY_TRACKING_PLAN: undefined,
    REDIS_URL: redis.url,
    NODE_OPTIONS: `--import ${CLOCK_OFF}`,
    RELAY_TEST_CLOCK_MS: String(hours * HOUR_MS),
  })
  const cart = { cart_id: 'ca-1', items: [], value: 19.9, currency: 'EUR' }
  await partition.add([identify('cus_1'), { ...track('cus_1', cart), name: 'cart_updated' }])
  await mock.waitFor((summary) => summary.applied === 2)
  expect(await partition.deadLetters()).toEqual([])
  expect(worker.logged('events.tolerated')).toEqual([])
})
