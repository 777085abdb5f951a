// The whole path on a real Redis Cluster of three masters, where partitions spread over the masters and there is no blocking
// wait, and behind three real Sentinels.

import { startMock } from '@retention-relay/mock-customerio'
import { startRedisCluster, startSentinels } from '@retention-relay/testkit'
import { expect, onTestFinished, test } from 'vitest'

import { factsOf, startShop, startWorker } from './main-path.ts'

const CUSTOMERS = 60
const PER_CUSTOMER = 10
const EVENTS = CUSTOMERS * PER_CUSTOMER

const EXPECTED = {
  acknowledged: EVENTS,
  summary: { received: EVENTS, applied: EVENTS, inversions: 0, doubled: 0, overlaps: 0 },
  ends: [
    { code: 0, signal: null },
    { code: 0, signal: null },
  ],
}

test('on a Cluster of three masters every event arrives once and in order', async () => {
  const cluster = await startRedisCluster({ masters: 3, onEnd: onTestFinished })
  const hosts = cluster.addresses.map(({ host, port }) => `${host}:${port}`).join(',')
  expect(await deliverAll(`redis+cluster://${hosts}`)).toMatchObject(EXPECTED)
})

test('behind Sentinels every event arrives once and in order', async () => {
  const sentinels = await startSentinels({ onEnd: onTestFinished })
  const hosts = sentinels.addresses.map(({ host, port }) => `${host}:${port}`).join(',')
  expect(await deliverAll(`redis+sentinel://${hosts}/${sentinels.name}`)).toMatchObject(EXPECTED)
})

/** What a producer process and a worker process came to. */
async function deliverAll(redisUrl: string): Promise<object> {
  const mock = await startMock()
  onTestFinished(() => mock.close())
  const worker = await startWorker(redisUrl, mock, onTestFinished)
  const order = { redisUrl, prefix: 'cus_', customers: CUSTOMERS, perCustomer: PER_CUSTOMER }
  const shop = startShop(order, onTestFinished)
  const summary = await mock.waitFor(({ applied }) => applied === EVENTS, { timeoutMs: 60_000 })
  const ends = [await shop.exited, await worker.kill('SIGTERM')]
  const acknowledged = factsOf(shop).filter((fact) => fact.acknowledged !== undefined).length
  return { acknowledged, summary, ends }
}
