// Setup: a shop sends 40 customers × 10 events; BullMQ's own Worker (examples/stock-worker.ts) delivers them.
// Timeline: the destination is out for a while; it refuses some events for good; the worker is stopped in an outage.
// Proves: the control is a worker that works. On a quiet machine it delivers each event once and in order, waits through an
// outage without failing a job, keeps what was refused as a failed job, and stops in time.

import { fileURLToPath } from 'node:url'

import { startMock } from '@retention-relay/mock-customerio'
import type { Mock } from '@retention-relay/mock-customerio'
import { namespaceKeys, partitionKeys, QUEUE_NAME } from '@retention-relay/queue'
import type { PartitionKeys } from '@retention-relay/queue'
import { startProcess, startTestRedis, until } from '@retention-relay/testkit'
import type { TestProcess } from '@retention-relay/testkit'
import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'

import { durableCounts, NAMESPACE, startShop } from './main-path.ts'

const SCRIPT = fileURLToPath(new URL('../../../examples/dist/stock-worker.js', import.meta.url))
const SHOP = { prefix: 'cus_', customers: 40, perCustomer: 10, atOnce: 20 }
const EVENTS = SHOP.customers * SHOP.perCustomer
const REFUSED = { reason: 'invalid', field: 'data.relay_seq', message: 'planted' }

async function setup() {
  const redis = await startTestRedis({ onEnd: onTestFinished })
  const client = new Redis(redis.socketPath, { maxRetriesPerRequest: null })
  onTestFinished(() => client.disconnect())
  const mock = await startMock({ latencyMs: 5 })
  onTestFinished(() => mock.close())
  return { redis, client, mock }
}

async function startStock(redisUrl: string, mock: Mock): Promise<TestProcess> {
  const { siteId, apiKey } = mock.settings
  const worker = startProcess({
    script: SCRIPT,
    onEnd: onTestFinished,
    env: {
      REDIS_URL: redisUrl,
      RELAY_NAMESPACE: NAMESPACE,
      RELAY_RATE_LIMIT: '1000',
      RELAY_SHUTDOWN_MS: '3000',
      CUSTOMERIO_SITE_ID: siteId,
      CUSTOMERIO_API_KEY: apiKey,
      CUSTOMERIO_TRACK_URL: mock.url,
    },
  })
  await worker.waitForLine(/worker\.started/)
  return worker
}

/** Reasons of the failed jobs of all partitions. */
async function failures(client: Redis): Promise<unknown[]> {
  const reasons: unknown[] = []
  for (const { prefix } of await keysOfPartitions(client)) {
    const queue = new Queue(QUEUE_NAME, { prefix, connection: client })
    const failed = await queue.getFailed()
    reasons.push(...failed.flatMap((job) => JSON.parse(job.failedReason) as unknown[]))
    await queue.close()
  }
  return reasons
}

async function activeJobs(client: Redis): Promise<number> {
  const keys = await keysOfPartitions(client)
  const lengths = await Promise.all(keys.map(({ active }) => client.llen(active)))
  return lengths.reduce((sum, length) => sum + length, 0)
}

async function keysOfPartitions(client: Redis): Promise<PartitionKeys[]> {
  const count = Number(await client.hget(namespaceKeys(NAMESPACE).config, 'partitions'))
  return Array.from({ length: count }, (_, partition) =>
    partitionKeys({ namespace: NAMESPACE, generation: 1, partition }),
  )
}

test('on a quiet machine the stock worker delivers each event once and in order', async () => {
  const { redis, client, mock } = await setup()
  mock.fault({ kind: 'answer', status: 503, times: 10 })
  mock.fault({ kind: 'reset-before', times: 10 })
  const worker = await startStock(redis.url, mock)
  const shop = startShop({ redisUrl: redis.url, ...SHOP }, onTestFinished)
  expect(await shop.exited).toEqual({ code: 0, signal: null })
  await mock.waitFor(({ applied }) => applied === EVENTS, { timeoutMs: 90_000 })
  expect(mock.summary()).toMatchObject({
    applied: EVENTS,
    inversions: 0,
    doubled: 0,
    duplicates: 0,
  })
  await until(async () => (await durableCounts(client))['openJobs'] === 0)
  expect(await failures(client)).toEqual([])
  expect(await worker.kill('SIGTERM')).toEqual({ code: 0, signal: null })
})

test('what the destination refuses stays as a failed job, and its neighbours are delivered', async () => {
  const { redis, client, mock } = await setup()
  mock.configure({
    rejectWhen: [{ name: 'numbered', field: 'data.relay_seq', equals: 3, error: REFUSED }],
  })
  await startStock(redis.url, mock)
  const shop = startShop({ redisUrl: redis.url, ...SHOP }, onTestFinished)
  await shop.exited
  await mock.waitFor(({ received }) => received === EVENTS, { timeoutMs: 90_000 })
  expect(mock.summary()).toMatchObject({ applied: EVENTS - SHOP.customers, inversions: 0 })
  await until(async () => (await failures(client)).length === SHOP.customers)
})

test('a stock worker that waits in an outage stops in time, and its successor goes on in order', async () => {
  const { redis, client, mock } = await setup()
  mock.fault({ kind: 'answer', status: 503 })
  const first = await startStock(redis.url, mock)
  const shop = startShop({ redisUrl: redis.url, ...SHOP }, onTestFinished)
  await shop.exited
  await mock.waitFor(({ faulted }) => faulted > 0)
  expect(await first.kill('SIGTERM')).toEqual({ code: 0, signal: null })
  expect(await activeJobs(client)).toBe(0)
  mock.clearFaults()
  await startStock(redis.url, mock)
  await mock.waitFor(({ applied }) => applied === EVENTS, { timeoutMs: 90_000 })
  expect(mock.summary()).toMatchObject({ inversions: 0, doubled: 0, duplicates: 0 })
})
