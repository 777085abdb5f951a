// What the worker does while Customer.io is away, refuses its credentials, or is not there at all: it says so, nothing
// dies, and it goes on by itself.

import { startMock } from '@retention-relay/mock-customerio'
import type { Mock } from '@retention-relay/mock-customerio'
import { freePort, startTestRedis, until } from '@retention-relay/testkit'
import { afterAll, expect, onTestFinished, test } from 'vitest'

import { PartitionOutside, track } from './jobs.ts'
import { ObservedWorker } from './observed-worker.ts'
import { settingsOf } from './settings.ts'

const redis = await startTestRedis({ onEnd: afterAll })

async function mockAt(port = 0): Promise<Mock> {
  const mock = await startMock({ port })
  onTestFinished(() => mock.close())
  return mock
}

test('while Customer.io is away the worker is not ready; when it comes, it is', async () => {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const settings = { ...settingsOf('away'), REDIS_URL: redis.url, CUSTOMERIO_TRACK_URL: url }
  const worker = new ObservedWorker(settings)
  await worker.log('destination.unreachable')
  expect(await worker.readiness()).toEqual({
    status: 503,
    ready: false,
    reasons: ['Customer.io does not take requests'],
  })
  await mockAt(port)
  await worker.untilReady()
  await worker.log('worker.readiness')
})

test('refused credentials pause the worker and cost no event its life', async () => {
  const mock = await mockAt()
  const partition = new PartitionOutside(redis, 'auth')
  const worker = new ObservedWorker({ ...settingsOf('auth', mock), REDIS_URL: redis.url })
  await worker.untilReady()
  mock.configure({ apiKey: 'rotated' })
  await partition.add([track('cus_1'), track('cus_2')])

  await worker.log('relay.paused')
  expect((await worker.metrics()).get('relay_paused{reason="auth"}')).toBe(1)
  expect(await worker.readiness()).toMatchObject({
    status: 503,
    reasons: ['Customer.io refuses the credentials'],
  })
  expect(await worker.get('/health/live')).toMatchObject({ status: 200 })
  expect(await partition.counters()).toEqual({ accepted: 2 })

  mock.configure({ apiKey: 'mock-api-key' })
  await mock.waitFor(({ applied }) => applied === 2)
  await worker.untilReady()
  expect((await worker.metrics()).get('relay_paused{reason="auth"}')).toBe(0)
  await until(() => partition.counters(), { accept: ({ delivered }) => delivered === 2 })
  expect(await partition.counters()).toEqual({ accepted: 2, delivered: 2 })
  expect(worker.logged('relay.paused')).toHaveLength(1)
  expect(worker.logged('relay.resumed')).toHaveLength(1)
})

test('credentials that are refused at the start make the worker not ready, and it says why', async () => {
  const mock = await mockAt()
  mock.configure({ apiKey: 'rotated' })
  const settings = { ...settingsOf('auth-start', mock), CUSTOMERIO_API_KEY: 'old' }
  const worker = new ObservedWorker({ ...settings, REDIS_URL: redis.url })
  await worker.log('relay.paused')
  expect(await worker.readiness()).toMatchObject({
    status: 503,
    reasons: expect.arrayContaining(['Customer.io refuses the credentials']),
  })
  mock.configure({ apiKey: 'old' })
  await worker.untilReady()
})

test('a wrong address pauses the partition until a request is accepted', async () => {
  const mock = await mockAt()
  const partition = new PartitionOutside(redis, 'address')
  const worker = new ObservedWorker({ ...settingsOf('address', mock), REDIS_URL: redis.url })
  await worker.untilReady()
  const endFault = mock.fault({ kind: 'answer', status: 404 })
  await partition.add([track('cus_1')])

  await worker.log('relay.paused')
  await mock.waitFor(({ faulted }) => faulted >= 2)
  expect((await worker.metrics()).get('relay_paused{reason="destination"}')).toBe(1)
  endFault()
  await worker.log('relay.resumed')
  const { faulted } = mock.summary()
  const metrics = await worker.metrics()
  expect(metrics.get('relay_paused{reason="destination"}')).toBe(0)
  expect(metrics.get('relay_requests_total{outcome="wrong_address"}')).toBe(faulted)
  expect(worker.logged('relay.paused')).toHaveLength(1)
  expect(mock.summary()).toMatchObject({ applied: 1, received: 1 })
})
