// Setup: one producer process sends 10,000 events, one worker delivers them.
// Timeline: when a third has arrived, Redis is killed with SIGKILL and started again on its data.
// Proves: every acknowledged event is delivered, in order and once; every call that was not acknowledged was rejected
//   with a typed error, and trying again with the same id was safe.

import { startMock } from '@retention-relay/mock-customerio'
import { startTestRedis, until } from '@retention-relay/testkit'
import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'

import { durableCounts, factsOf, startShop, startWorker } from './main-path.ts'

const CUSTOMERS = 200
const PER_CUSTOMER = 50
const EVENTS = CUSTOMERS * PER_CUSTOMER

test('10,000 events survive the death of Redis in the middle: all acknowledged ones arrive, once and in order', async () => {
  const redis = await startTestRedis({ onEnd: onTestFinished })
  const mock = await startMock({ latencyMs: 20 })
  onTestFinished(() => mock.close())
  const worker = await startWorker(redis.url, mock, onTestFinished)
  const shop = startShop(
    { redisUrl: redis.url, prefix: 'cus_', customers: CUSTOMERS, perCustomer: PER_CUSTOMER },
    onTestFinished,
  )

  await mock.waitFor(({ applied }) => applied >= EVENTS / 3, { timeoutMs: 60_000 })
  await redis.kill('SIGKILL')
  await shop.waitForLine(/"failed"/)
  await redis.restart()
  await mock.waitFor(({ applied }) => applied >= EVENTS, { timeoutMs: 120_000 })
  expect(await shop.exited).toEqual({ code: 0, signal: null })
  const client = new Redis(redis.socketPath)
  onTestFinished(() => client.disconnect())
  await until(async () => (await durableCounts(client))['openJobs'] === 0)

  const facts = factsOf(shop)
  const acknowledged = new Set(facts.flatMap(({ acknowledged: id }) => id ?? []))
  const delivered = new Set(mock.received().map(({ id }) => id))
  expect(acknowledged.size).toBe(EVENTS)
  expect([...acknowledged].filter((id) => !delivered.has(id))).toEqual([])
  const codes = new Set(facts.flatMap(({ failed }) => failed ?? []))
  expect(
    [...codes].filter(
      (code) => code !== 'RELAY_ENQUEUE_REFUSED' && code !== 'RELAY_ENQUEUE_UNKNOWN',
    ),
  ).toEqual([])
  expect(facts.filter(({ failed, id }) => failed !== undefined && id === undefined)).toEqual([])
  expect(mock.summary()).toMatchObject({ applied: EVENTS, inversions: 0, doubled: 0, overlaps: 0 })
  expect(await worker.kill('SIGTERM')).toEqual({ code: 0, signal: null })
})
