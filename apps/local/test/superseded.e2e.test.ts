// Setup: a producer, the worker as a process, a real Redis, the mock Customer.io, and the relay command.
// Timeline: a checkout waits in an outage while its order is placed. The outage ends. The order is canceled, and a change of the
//   checkout of before the order is told late. The dead checkout is replayed.
// Proves: what an order has superseded stays so, for a replay and after the order was canceled; a checkout of after it is told.

import { fileURLToPath } from 'node:url'

import { startMock } from '@retention-relay/mock-customerio'
import { createProducer } from '@retention-relay/producer'
import { startProcess, startTestRedis, until } from '@retention-relay/testkit'
import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'

import { durableCounts, NAMESPACE, startWorker } from './main-path.ts'

const RELAY = fileURLToPath(new URL('../../cli/dist/main.js', import.meta.url))

const goods = {
  items: [{ product_id: 'p-17', name: 'Coffee beans', quantity: 1, unit_price: 19.9 }],
  value: 19.9,
  currency: 'EUR',
}
const checkout = { checkout_id: 'co-1', ...goods }

interface Letters {
  readonly letters: readonly { readonly id: string; readonly reason: string }[]
}

test('what an order has superseded is superseded again when it is replayed, and when the order was canceled', async () => {
  const redis = await startTestRedis({ onEnd: onTestFinished })
  const client = new Redis(redis.socketPath)
  onTestFinished(() => client.disconnect())
  const mock = await startMock()
  onTestFinished(() => mock.close())
  const shop = await createProducer({ namespace: NAMESPACE, redis: redis.url })
  onTestFinished(() => shop.close())
  await startWorker(redis.url, mock, onTestFinished)
  const counted = async (counts: Record<string, number>): Promise<unknown> =>
    until(() => durableCounts(client), {
      accept: (now) => Object.entries(counts).every(([name, count]) => now[name] === count),
      timeoutMs: 30_000,
      what: JSON.stringify(counts),
    })
  const relay = async (...words: string[]): Promise<unknown> => {
    const env = { REDIS_URL: redis.url, RELAY_NAMESPACE: NAMESPACE }
    const args = [...words, '--json']
    const ended = startProcess({ script: RELAY, args, env, onEnd: onTestFinished })
    await ended.exited
    return JSON.parse(ended.stdout.join('\n'))
  }

  const end = mock.fault({ kind: 'answer', status: 502 })
  const { id } = await shop.track('cus_1', { name: 'checkout_started', data: checkout })
  await mock.waitFor(({ faulted }) => faulted > 0)
  const beforeOrder = new Date(Date.now() - 1)
  const order = { order_id: 'o-1', checkout_id: 'co-1', ...goods }
  await shop.track('cus_1', { name: 'order_placed', data: order })
  end()
  await counted({ delivered: 1, deaths: 1, openJobs: 0 })

  const canceled = { ...goods, order_id: 'o-1', reason: 'customer_request' } as const
  await shop.track('cus_1', { name: 'order_canceled', data: canceled })
  const late = { occurredAt: beforeOrder }
  await shop.track('cus_1', { name: 'checkout_updated', data: checkout }, late)
  await counted({ delivered: 2, deaths: 2, openJobs: 0 })

  expect(await relay('dead', 'replay', id)).toMatchObject({ kind: 'replayed', id })
  await counted({ delivered: 2, deaths: 3, openJobs: 0 })
  const { letters } = (await relay('dead', 'list')) as Letters
  expect(letters.map(({ reason }) => reason)).toEqual(['superseded', 'superseded'])
  expect(letters.map((letter) => letter.id)).toContain(id)

  const again = { ...checkout, checkout_id: 'co-2' }
  await shop.track('cus_1', { name: 'checkout_started', data: again })
  await counted({ delivered: 3, deaths: 3, openJobs: 0 })
  const told = mock.received().map(({ name }) => name)
  expect(told).toEqual(['order_placed', 'order_canceled', 'checkout_started'])
})
