// A producer against a healthy Redis.

import { fileURLToPath } from 'node:url'

import { deriveId, partitionOf } from '@retention-relay/events'
import type { RelayEvent } from '@retention-relay/events'
import { startTestRedis } from '@retention-relay/testkit'
import type { TestRedis } from '@retention-relay/testkit'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'

import { freshNamespace, makeProducer, order, view } from './producers.ts'
import { storedEvents } from './stored-events.ts'

let redis: TestRedis
beforeAll(async () => {
  redis = await startTestRedis({ onEnd: afterAll })
})

const NOW_MS = Date.UTC(2026, 10, 24, 12)

describe('a receipt', () => {
  it('comes after Redis has stored the event, and says which and where', async () => {
    const namespace = freshNamespace()
    const relay = await makeProducer({ namespace, redis: redis.url, now: () => NOW_MS })
    const receipt = await relay.track('cus_42', order('o-981'), { occurredAt: NOW_MS - 5000 })
    expect(receipt).toEqual({
      id: deriveId(namespace, 'order_placed', 'o-981'),
      partition: partitionOf('cus_42', 16),
      committedAt: new Date(NOW_MS),
    })
    expect(await storedEvents(redis.url, namespace)).toEqual([
      {
        id: receipt.id,
        customerId: 'cus_42',
        occurredAt: NOW_MS - 5000,
        op: 'track',
        version: 1,
        ...order('o-981'),
      },
    ])
  })
})

describe('without a plan of its own', () => {
  const plan = fileURLToPath(new URL('quiz-plan.mjs', import.meta.url))
  const quiz = { name: 'quiz_taken', data: { score: 3 } } as never

  it('a producer goes by the plan that RELAY_TRACKING_PLAN names', async () => {
    vi.stubEnv('RELAY_TRACKING_PLAN', plan)
    onTestFinished(() => void vi.unstubAllEnvs())
    const namespace = freshNamespace()
    const relay = await makeProducer({ namespace, redis: redis.url })
    await relay.track('cus_42', quiz)
    expect(await storedEvents(redis.url, namespace)).toMatchObject([{ name: 'quiz_taken' }])
  })

  it('and by the shipped one where it names none; one that cannot be loaded ends the start', async () => {
    const relay = await makeProducer({ namespace: freshNamespace(), redis: redis.url })
    await expect(relay.track('cus_42', quiz)).rejects.toMatchObject({
      code: 'RELAY_EVENT_UNKNOWN_NAME',
    })
    vi.stubEnv('RELAY_TRACKING_PLAN', `${plan}.gone`)
    onTestFinished(() => void vi.unstubAllEnvs())
    const options = { namespace: freshNamespace(), redis: redis.url }
    await expect(makeProducer(options)).rejects.toThrow('RELAY_TRACKING_PLAN')
  })
})

describe('every method', () => {
  it('stores its event, in the order of the calls', async () => {
    const namespace = freshNamespace()
    const relay = await makeProducer({ namespace, redis: redis.url })
    const device = { token: 't-1', platform: 'ios' as const }
    await Promise.all([
      relay.identify('cus_42', { email: 'anna@example.com' }),
      relay.track('cus_42', view('a')),
      relay.addDevice('cus_42', device),
      relay.deleteDevice('cus_42', 't-1'),
      relay.suppress('cus_42'),
      relay.unsuppress('cus_42'),
      relay.merge('cus_42', { into: 'cus_1' }),
      relay.delete('cus_42'),
    ])
    const stored = await storedEvents(redis.url, namespace)
    expect(stored.map(({ op }) => op)).toEqual([
      'identify',
      'track',
      'add_device',
      'delete_device',
      'suppress',
      'unsuppress',
      'merge',
      'delete',
    ])
  })
})

describe('many events at once', () => {
  it('get one result each, in order, never all or nothing', async () => {
    const namespace = freshNamespace()
    const relay = await makeProducer({ namespace, redis: redis.url })
    const results = await relay.enqueue([
      { op: 'track', customerId: 'cus_1', ...view('a') },
      { op: 'track', customerId: 'anna@example.com', ...view('b') },
      { op: 'identify', customerId: 'cus_2', attributes: { total_orders: 3 } },
      // A service in JavaScript.
      null as unknown as { op: 'delete'; customerId: string },
      { op: 'merge', customerId: 'guest-7', into: 'cus_2' },
    ])
    const codes = results.map((result) => (result.ok ? 'stored' : result.error.code))
    expect(codes).toEqual([
      'stored',
      'RELAY_EVENT_CUSTOMER_ID',
      'stored',
      'RELAY_EVENT_INVALID',
      'stored',
    ])
    const ids = (await storedEvents(redis.url, namespace)).map(({ id }) => id)
    const acknowledged = results.flatMap((result) => (result.ok ? [result.receipt.id] : []))
    expect(ids.toSorted()).toEqual(acknowledged.toSorted())
    expect(relay.counters()).toMatchObject({ acknowledged: 3, invalid: 2 })
  })

  it('a faulty one among 500 calls of one moment refuses its own caller alone', async () => {
    const namespace = freshNamespace()
    const relay = await makeProducer({ namespace, redis: redis.url })
    const calls = Array.from({ length: 500 }, (_, index) => {
      if (index !== 250) return relay.track('cus_42', view(`${index}`))
      const faulty = { product_id: 'p', name: 'x', value: 1n as unknown as number }
      return relay.track('cus_42', { name: 'product_viewed', data: faulty })
    })
    const settled = await Promise.allSettled(calls)
    const rejected = settled.flatMap((call, index) => (call.status === 'rejected' ? [index] : []))
    expect(rejected).toEqual([250])
    expect(await storedEvents(redis.url, namespace)).toHaveLength(499)
  })

  it('of one customer keep the order of the calls', async () => {
    const namespace = freshNamespace()
    const relay = await makeProducer({ namespace, redis: redis.url })
    const calls = Array.from({ length: 2000 }, (_, index) => {
      return relay.track(`cus_${index % 20}`, view(`${index}`))
    })
    await Promise.all(calls)
    const stored = await storedEvents(redis.url, namespace)
    for (let customer = 0; customer < 20; customer += 1) {
      const own = stored.filter((event) => event.customerId === `cus_${customer}`)
      const expected = Array.from({ length: 100 }, (_, index) => `${index * 20 + customer}`)
      expect(own.map((event) => productName(event))).toEqual(expected)
    }
  })
})

const productName = (event: RelayEvent): unknown =>
  event.op === 'track' ? event.data['name'] : undefined

describe('the same order', () => {
  it('has one id, told a hundred times by each of three producers', async () => {
    const namespace = freshNamespace()
    const relays = await Promise.all(
      [1, 2, 3].map(() => makeProducer({ namespace, redis: redis.url })),
    )
    const calls = relays.flatMap((relay, index) => {
      return Array.from({ length: 100 }, () => relay.track(`cus_${index}`, order('o-981')))
    })
    const ids = new Set((await Promise.all(calls)).map(({ id }) => id))
    expect(ids).toEqual(new Set([deriveId(namespace, 'order_placed', 'o-981')]))
  })
})

describe('a client of the caller', () => {
  it('is copied and left alone', async () => {
    const own = new Redis(redis.socketPath, { keyPrefix: 'shop:', lazyConnect: true })
    const namespace = freshNamespace()
    const relay = await makeProducer({ namespace, redis: own })
    await relay.delete('cus_42')
    expect(await storedEvents(redis.url, namespace)).toHaveLength(1)
    expect(own.status).toBe('wait')
  })
})

describe('a time ahead of the clock', () => {
  it('is set to now and counted', async () => {
    const namespace = freshNamespace()
    const relay = await makeProducer({ namespace, redis: redis.url, now: () => NOW_MS })
    await relay.delete('cus_42', { occurredAt: NOW_MS + 60_000 })
    expect(await storedEvents(redis.url, namespace)).toMatchObject([{ occurredAt: NOW_MS }])
    expect(relay.counters().clampedTimes).toBe(1)
  })
})

describe('a namespace', () => {
  it('with another number of partitions is refused at the start', async () => {
    const namespace = freshNamespace()
    const relay = await makeProducer({ namespace, redis: redis.url, partitions: 4 })
    const { partition } = await relay.delete('cus_42')
    expect(partition).toBe(partitionOf('cus_42', 4))
    const other = makeProducer({ namespace, redis: redis.url, partitions: 8 })
    await expect(other).rejects.toMatchObject({ code: 'RELAY_NAMESPACE_MISMATCH' })
  })
})

describe('close', () => {
  it('waits for what was taken in, and refuses new calls', async () => {
    const namespace = freshNamespace()
    const relay = await makeProducer({ namespace, redis: redis.url })
    const calls = Array.from({ length: 500 }, (_, index) => relay.track('cus_42', view(`${index}`)))
    const closed = relay.close()
    const late = relay.delete('cus_42')
    await expect(late).rejects.toMatchObject({ code: 'RELAY_ENQUEUE_CLOSED', retryable: false })
    await closed
    expect(await Promise.all(calls)).toHaveLength(500)
    expect(await storedEvents(redis.url, namespace)).toHaveLength(500)
  })

  it('leaves no connection behind', async () => {
    const reader = new Redis(redis.socketPath)
    onTestFinished(() => reader.disconnect())
    const relay = await makeProducer({ redis: redis.url })
    const names = async (): Promise<string> => String(await reader.client('LIST'))
    expect(await names()).toContain('name=relay-producer')
    await relay.close()
    await expect.poll(names).not.toContain('name=relay-producer')
  })
})
