// Setup: 3 producer processes send 1,000 customers × 50 events; 2 worker processes share the partitions.
// Timeline: when a quarter has arrived, one worker is killed with SIGKILL; the other takes its partitions over.
// Proves: each event is applied exactly once, in order per customer, through the death of a worker.

import { startMock } from '@retention-relay/mock-customerio'
import { startTestRedis, until } from '@retention-relay/testkit'
import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'

import { durableCounts, factsOf, startShop, startWorker } from './main-path.ts'

const PER_PRODUCER = [334, 333, 333]
const PER_CUSTOMER = 50
const EVENTS = 1000 * PER_CUSTOMER

test('50,000 events of three producers survive the death of one of two workers: once each and in order', async () => {
  const redis = await startTestRedis({ onEnd: onTestFinished })
  const client = new Redis(redis.socketPath)
  onTestFinished(() => client.disconnect())
  const mock = await startMock({ latencyMs: 20 })
  onTestFinished(() => mock.close())

  const [first, second] = [
    await startWorker(redis.url, mock, onTestFinished),
    await startWorker(redis.url, mock, onTestFinished),
  ]
  await until(() => second.stdout.filter((line) => line.includes('lease.taken')).length >= 3)
  const shops = PER_PRODUCER.map((customers, index) =>
    startShop(
      {
        redisUrl: redis.url,
        prefix: `cus_${index}_`,
        customers,
        perCustomer: PER_CUSTOMER,
        atOnce: 100,
      },
      onTestFinished,
    ),
  )
  await mock.waitFor(({ applied }) => applied >= EVENTS / 4, { timeoutMs: 120_000 })
  await first.kill('SIGKILL')
  await mock.waitFor(({ applied }) => applied === EVENTS, { timeoutMs: 120_000 })
  for (const shop of shops) expect(await shop.exited).toEqual({ code: 0, signal: null })
  await until(async () => (await durableCounts(client))['openJobs'] === 0)

  const acknowledged = shops.flatMap((shop) =>
    factsOf(shop).filter((fact) => fact.acknowledged !== undefined),
  )
  expect(acknowledged.length).toBe(EVENTS)
  expect(mock.summary()).toMatchObject({
    applied: EVENTS,
    inversions: 0,
    doubled: 0,
    overlaps: 0,
    customers: 1000,
  })
  const { accepted, delivered, duplicate = 0 } = await durableCounts(client)
  expect({ accepted, settled: delivered! + duplicate }).toEqual({
    accepted: EVENTS,
    settled: EVENTS,
  })
  expect(await second.kill('SIGTERM')).toEqual({ code: 0, signal: null })
})
