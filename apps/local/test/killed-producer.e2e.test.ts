// Setup: a producer process whose way to Redis is a proxy, and an order that has its id from its business key.
// Timeline: Redis carries the commit out, its answer is lost, and all that the producer says from then on is held back.
//   The producer is killed without having learnt anything. A second process calls again for the same order.
// Proves: a commit without an answer counts: the order is in Redis though nobody was told so; the retry finds the same
//   id, and the event is delivered once.

import { startMock } from '@retention-relay/mock-customerio'
import { startFaultProxy, startTestRedis, until } from '@retention-relay/testkit'
import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'

import { durableCounts, factsOf, startShop, startWorker } from './main-path.ts'

test('an order whose producer was killed before the answer, and that is told again, is delivered once', async () => {
  const redis = await startTestRedis({ onEnd: onTestFinished })
  const client = new Redis(redis.socketPath)
  onTestFinished(() => client.disconnect())
  const proxy = await startFaultProxy({ target: redis, onEnd: onTestFinished })
  const mock = await startMock()
  onTestFinished(() => mock.close())
  const order = { prefix: 'cus_', customers: 1, perCustomer: 1, orderId: 'o-981' }

  const answerLost = proxy.cut({ after: 'request', match: 'events-' })
  const first = startShop({ ...order, redisUrl: proxy.url() }, onTestFinished)
  await answerLost
  const repeats = proxy.hold()
  await repeats.caught
  expect(await first.kill()).toEqual({ code: null, signal: 'SIGKILL' })
  expect(factsOf(first)).toEqual([{ started: true }])
  expect(await durableCounts(client)).toEqual({ openJobs: 1 })

  const second = startShop({ ...order, redisUrl: redis.url }, onTestFinished)
  expect(await second.exited).toEqual({ code: 0, signal: null })
  const [id] = factsOf(second).flatMap(({ acknowledged }) => acknowledged ?? [])

  await startWorker(redis.url, mock, onTestFinished)
  await until(() => durableCounts(client), {
    accept: ({ openJobs, accepted }) => openJobs === 0 && accepted !== undefined,
    what: 'no open job',
  })
  expect(await durableCounts(client)).toEqual({
    openJobs: 0,
    accepted: 2,
    delivered: 1,
    duplicate: 1,
  })
  expect(mock.received('cus_0').map((operation) => operation.id)).toEqual([id])
  expect(mock.summary()).toMatchObject({ received: 1, applied: 1 })
})
