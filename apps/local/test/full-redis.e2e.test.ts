// Setup: a producer has stored 18,000 events during an outage of the destination; some of them the destination will refuse.
// Timeline: Redis reaches `maxmemory`. Another producer is refused and tries again and again. The worker dies; a second one
//   takes its leases over. Then the destination is back.
// Proves: a full Redis is drained, dead letters and the dedupe store are written meanwhile, and when there is room the
//   producer is let in again. Nothing is lost or doubled, and the counts add up.

import { startMock } from '@retention-relay/mock-customerio'
import { startTestRedis, until } from '@retention-relay/testkit'
import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'

import { durableCounts, factsOf, startShop, startWorker } from './main-path.ts'

const CUSTOMERS = 300
const PER_CUSTOMER = 60
const COPIES = 5
const LATE = { prefix: 'late_', customers: 10, perCustomer: 5 }
const LATE_EVENTS = LATE.customers * LATE.perCustomer

const isFull = async (client: Redis): Promise<boolean> =>
  await client.set('more', 'x').then(
    () => false,
    (error: unknown) => String(error).includes('OOM'),
  )

test('a Redis at maxmemory refuses producers, is drained by a worker that takes leases over, and lets them in again', async () => {
  const redis = await startTestRedis({ onEnd: onTestFinished })
  const client = new Redis(redis.socketPath)
  onTestFinished(() => client.disconnect())
  const mock = await startMock({
    rejectWhen: [{ name: 'numbered', field: 'data.relay_seq', equals: 7 }],
  })
  onTestFinished(() => mock.close())
  const first = await startWorker(redis.url, mock, onTestFinished)
  const endOutage = mock.fault({ kind: 'answer', status: 502 })
  const redisUrl = redis.url
  const shops = [
    { prefix: 'cus_', customers: CUSTOMERS, perCustomer: PER_CUSTOMER, atOnce: 300 },
    { prefix: 'twice_', customers: 1, perCustomer: COPIES, orderId: 'o-981' },
  ].map((order) => startShop({ redisUrl, ...order }, onTestFinished))
  for (const shop of shops) expect(await shop.exited).toEqual({ code: 0, signal: null })

  const used = /used_memory:(\d+)/.exec(await client.info('memory'))?.[1]
  await client.config('SET', 'maxmemory', String(Number(used) - 100_000))
  expect(await isFull(client)).toBe(true)
  const late = startShop({ redisUrl, ...LATE, retryMs: 100 }, onTestFinished)
  await late.waitForLine(/"failed"/)
  await first.kill('SIGKILL')
  const second = await startWorker(redis.url, mock, onTestFinished)
  const taken = (): number => second.stdout.filter((line) => line.includes('lease.taken')).length
  await until(taken, { accept: (leases) => leases === 16, timeoutMs: 30_000, what: '16 leases' })
  expect(await isFull(client)).toBe(true)
  expect(factsOf(late).filter(({ acknowledged }) => acknowledged !== undefined)).toEqual([])

  endOutage()
  expect(await late.exited).toEqual({ code: 0, signal: null })
  await until(async () => (await durableCounts(client))['openJobs'] === 0, { timeoutMs: 30_000 })
  const codes = new Set(factsOf(late).flatMap(({ failed }) => failed ?? []))
  expect(codes.has('RELAY_ENQUEUE_BACKPRESSURE')).toBe(true)
  const events = CUSTOMERS * PER_CUSTOMER + LATE_EVENTS
  const applied = events - CUSTOMERS + 1
  expect(mock.summary()).toMatchObject({ applied, duplicates: 0, inversions: 0, overlaps: 0 })
  expect(await durableCounts(client)).toMatchObject({
    accepted: events + COPIES,
    delivered: applied,
    duplicate: COPIES - 1,
    dead: CUSTOMERS,
  })
  expect(await second.kill('SIGTERM')).toEqual({ code: 0, signal: null })
})
