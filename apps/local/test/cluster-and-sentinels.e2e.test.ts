// The whole path on a real Redis Cluster of three masters, where partitions spread over the masters and there is no blocking
// wait, and behind three real Sentinels.

import { startMock } from '@retention-relay/mock-customerio'
import { startRedisCluster, startSentinels } from '@retention-relay/testkit'
import { expect, onTestFinished, test } from 'vitest'

import { factsOf, startShop, startWorker } from './main-path.ts'

const CUSTOMERS = 60
const PER_CUSTOMER = 10
const EVENTS = CUSTOMERS * PER_CUSTOMER

test('on a Cluster of three masters every event arrives once and in order', async () => {
  const cluster = await startRedisCluster({ masters: 3, onEnd: onTestFinished })
  await deliversAll(
    `redis+cluster://${cluster.addresses.map(({ host, port }) => `${host}:${port}`).join(',')}`,
  )
})

test('behind Sentinels every event arrives once and in order', async () => {
  const sentinels = await startSentinels({ onEnd: onTestFinished })
  const hosts = sentinels.addresses.map(({ host, port }) => `${host}:${port}`).join(',')
  await deliversAll(`redis+sentinel://${hosts}/${sentinels.name}`)
})

async function deliversAll(redisUrl: string): Promise<void> {
  const mock = await startMock()
  onTestFinished(() => mock.close())
  const worker = await startWorker(redisUrl, mock, onTestFinished)
  const shop = startShop(
    { redisUrl, prefix: 'cus_', customers: CUSTOMERS, perCustomer: PER_CUSTOMER },
    onTestFinished,
  )
  await mock.waitFor(({ applied }) => applied === EVENTS, { timeoutMs: 60_000 })
  expect(await shop.exited).toEqual({ code: 0, signal: null })
  expect(factsOf(shop).filter(({ acknowledged }) => acknowledged !== undefined)).toHaveLength(
    EVENTS,
  )
  expect(mock.summary()).toMatchObject({ received: EVENTS, inversions: 0, doubled: 0, overlaps: 0 })
  expect(await worker.kill('SIGTERM')).toEqual({ code: 0, signal: null })
}
