// One business event, told by three services a hundred times each and once more after it was delivered: one delivery.

import { startMock } from '@retention-relay/mock-customerio'
import { startTestRedis, until } from '@retention-relay/testkit'
import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'

import { durableCounts, factsOf, startShop, startWorker } from './main-path.ts'

test('the same order from three producers, a hundred times each and again later, is delivered once', async () => {
  const redis = await startTestRedis({ onEnd: onTestFinished })
  const client = new Redis(redis.socketPath)
  onTestFinished(() => client.disconnect())
  const mock = await startMock()
  onTestFinished(() => mock.close())
  const order = {
    redisUrl: redis.url,
    prefix: 'cus_',
    customers: 1,
    perCustomer: 100,
    orderId: 'o-981',
  }
  const shops = [1, 2, 3].map(() => startShop(order, onTestFinished))
  for (const shop of shops) await shop.exited
  await startWorker(redis.url, mock, onTestFinished)
  await until(async () => settled(await durableCounts(client)) === 300)
  const later = startShop({ ...order, perCustomer: 1 }, onTestFinished)
  await later.exited
  await until(async () => settled(await durableCounts(client)) === 301)

  const ids = [...shops, later].flatMap((shop) =>
    factsOf(shop).flatMap(({ acknowledged }) => acknowledged ?? []),
  )
  expect(ids.length).toBe(301)
  expect(new Set(ids).size).toBe(1)
  expect(await durableCounts(client)).toEqual({
    openJobs: 0,
    accepted: 301,
    delivered: 1,
    duplicate: 300,
  })
  expect(mock.summary()).toMatchObject({ received: 1, applied: 1 })
})

function settled({ delivered = 0, duplicate = 0 }: Record<string, number>): number {
  return delivered + duplicate
}
