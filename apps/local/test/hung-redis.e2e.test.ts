// Setup: a producer process with 1,000 callers at once, which try again with the same id, and room for 400 pending events;
//   a worker. The producer speaks to Redis through a proxy, which counts its connections.
// Timeline: when a part has arrived, Redis is frozen for so long that the producer has given up two silent connections, one after
//   the other (five seconds each). Then it goes on.
// Proves: each event is delivered once, although its callers were told again and again that nobody knows; never did more
//   calls wait than the setting allows.

import { startMock } from '@retention-relay/mock-customerio'
import { startFaultProxy, startTestRedis, until } from '@retention-relay/testkit'
import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'

import { durableCounts, factsOf, startShop, startWorker } from './main-path.ts'

const CALLERS = 1000
const PER_CUSTOMER = 5
const EVENTS = CALLERS * PER_CUSTOMER
const MAX_PENDING = 400

test('1,000 callers that try again while Redis hangs: each event arrives once, and no more calls wait than may', async () => {
  const redis = await startTestRedis({ onEnd: onTestFinished })
  const client = new Redis(redis.socketPath)
  onTestFinished(() => client.disconnect())
  const proxy = await startFaultProxy({ target: redis, onEnd: onTestFinished })
  const mock = await startMock()
  onTestFinished(() => mock.close())
  const worker = await startWorker(redis.url, mock, onTestFinished)
  const shop = startShop(
    {
      redisUrl: proxy.url(),
      prefix: 'cus_',
      customers: CALLERS,
      perCustomer: PER_CUSTOMER,
      atOnce: CALLERS,
      retryMs: 250,
      maxPendingEvents: MAX_PENDING,
    },
    onTestFinished,
  )
  await mock.waitFor(({ applied }) => applied >= EVENTS / 10)
  onTestFinished(() => redis.resume())
  redis.pause()
  const connections = proxy.accepted
  await until(() => proxy.accepted, {
    accept: (accepted) => accepted >= 3 * connections,
    timeoutMs: 30_000,
    what: 'two more connections for each',
  })
  redis.resume()

  await mock.waitFor(({ applied }) => applied === EVENTS, { timeoutMs: 60_000 })
  expect(await shop.exited).toEqual({ code: 0, signal: null })
  await until(async () => (await durableCounts(client))['openJobs'] === 0, { timeoutMs: 30_000 })
  const facts = factsOf(shop)
  const codes = new Set(facts.flatMap(({ failed }) => failed ?? []))
  expect([...codes].toSorted()).toEqual([
    'RELAY_ENQUEUE_BACKPRESSURE',
    'RELAY_ENQUEUE_REFUSED',
    'RELAY_ENQUEUE_UNKNOWN',
  ])
  expect(facts.at(-1)).toMatchObject({ finished: true })
  expect(facts.at(-1)?.mostWaiting).toBeLessThanOrEqual(MAX_PENDING)
  const { received, applied, inversions, overlaps } = mock.summary()
  expect({ received, applied, inversions, overlaps }).toEqual({
    received: EVENTS,
    applied: EVENTS,
    inversions: 0,
    overlaps: 0,
  })
  const { accepted, delivered, duplicate } = await durableCounts(client)
  expect(accepted).toBe(delivered! + duplicate!)
  expect(await worker.kill('SIGTERM')).toEqual({ code: 0, signal: null })
})
