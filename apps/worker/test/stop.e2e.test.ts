// SIGTERM, whatever is going on: the worker ends with exit code 0 within its deadline, puts back in order what it held,
// and gives its leases back. A worker that missed its deadline by seconds would be killed by its platform: the tests
// do the same, and then the exit code is not 0.

import { startMock } from '@retention-relay/mock-customerio'
import type { Mock } from '@retention-relay/mock-customerio'
import { namespaceKeys } from '@retention-relay/queue'
import { startTestRedis } from '@retention-relay/testkit'
import type { ProcessExit, TestRedis } from '@retention-relay/testkit'
import { expect, onTestFinished, test } from 'vitest'

import { PartitionOutside, track } from './jobs.ts'
import { ObservedWorker } from './observed-worker.ts'
import { settingsOf } from './settings.ts'

/** RELAY_SHUTDOWN_MS of these tests, and what a platform adds to it before it kills. */
const SHUTDOWN_MS = 3000
const PLATFORM_MS = 1800
const STOPPED: ProcessExit = { code: 0, signal: null }

interface Bundle {
  readonly redis: TestRedis
  readonly mock: Mock
  readonly worker: ObservedWorker
  readonly partition: PartitionOutside
}

async function setup(shutdownMs = SHUTDOWN_MS): Promise<Bundle> {
  const redis = await startTestRedis({ onEnd: onTestFinished })
  const mock = await startMock()
  onTestFinished(() => mock.close())
  const partition = new PartitionOutside(redis, 'stop')
  const worker = new ObservedWorker({
    ...settingsOf('stop', mock),
    REDIS_URL: redis.url,
    RELAY_SHUTDOWN_MS: String(shutdownMs),
  })
  await worker.log('lease.taken')
  await worker.untilReady()
  return { redis, mock, worker, partition }
}

/** Ends it as a platform does: SIGTERM, and SIGKILL a little after the deadline. */
async function terminate(
  { process }: ObservedWorker,
  deadlineMs = SHUTDOWN_MS + PLATFORM_MS,
): Promise<ProcessExit> {
  const timer = setTimeout(() => process.signal('SIGKILL'), deadlineMs)
  try {
    return await process.kill('SIGTERM')
  } finally {
    clearTimeout(timer)
  }
}

test('an idle worker stops long before its deadline', async () => {
  const { worker, partition } = await setup(600_000)
  expect(await terminate(worker)).toEqual(STOPPED)
  expect(await partition.redis.exists(partition.keys.lease)).toBe(0)
  expect(worker.logged('worker.stopped')).toHaveLength(1)
})

test('a worker that is told to stop before it is loaded stops as cleanly', async () => {
  const mock = await startMock()
  onTestFinished(() => mock.close())
  const preload = new URL('signal-while-loading.mjs', import.meta.url).href
  const { process } = new ObservedWorker({
    ...settingsOf('stop', mock),
    REDIS_URL: 'redis://127.0.0.1:1',
    NODE_OPTIONS: `--import ${preload}`,
  })
  expect(await process.exited).toEqual(STOPPED)
})

test('with a destination that hangs it gives up the request and puts the jobs back in order', async () => {
  const { worker, partition, mock } = await setup()
  mock.fault({ kind: 'hang' })
  const jobs: string[] = []
  for (let count = 0; count < 5; count += 1) jobs.push(await partition.add([track('cus_1')]))
  await mock.waitFor(({ faulted }) => faulted === 1)
  expect(await terminate(worker)).toEqual(STOPPED)
  expect(await partition.waiting()).toEqual(jobs)
  expect(await partition.active()).toEqual([])
  expect(await partition.redis.exists(partition.keys.lease)).toBe(0)
})

test('what was answered during the stop is settled, not sent again', async () => {
  const { worker, partition, mock } = await setup()
  mock.fault({ kind: 'slow', delayMs: 300 })
  await partition.add([track('cus_1')])
  const next = await partition.add([track('cus_1')])
  await mock.waitFor(({ applied }) => applied === 1)
  expect(await terminate(worker)).toEqual(STOPPED)
  expect(await partition.counters()).toMatchObject({ delivered: 1 })
  expect(await partition.waiting()).toEqual([next])
})

test('while Redis is dead it still ends within the deadline', async () => {
  const { worker, redis, mock, partition } = await setup()
  mock.fault({ kind: 'hang' })
  await partition.add([track('cus_1')])
  await mock.waitFor(({ faulted }) => faulted === 1)
  await redis.kill()
  expect(await terminate(worker)).toEqual(STOPPED)
})

test('while Redis is frozen it still ends within the deadline', async () => {
  const { worker, redis, mock, partition } = await setup()
  mock.fault({ kind: 'hang' })
  await partition.add([track('cus_1')])
  await mock.waitFor(({ faulted }) => faulted === 1)
  onTestFinished(() => redis.resume())
  redis.pause()
  expect(await terminate(worker)).toEqual(STOPPED)
})

test('before Redis has ever answered it stops long before its deadline', async () => {
  const worker = new ObservedWorker({
    ...settingsOf('stop'),
    REDIS_URL: 'redis://127.0.0.1:9',
    RELAY_SHUTDOWN_MS: '600000',
  })
  await worker.log('worker.listening')
  expect(await terminate(worker)).toEqual(STOPPED)
})

test('while credentials are refused it stops long before its deadline', async () => {
  const { worker, partition, mock } = await setup(600_000)
  mock.configure({ apiKey: 'rotated' })
  const job = await partition.add([track('cus_1')])
  await worker.log('relay.paused')
  expect(await terminate(worker)).toEqual(STOPPED)
  expect(await partition.waiting()).toEqual([job])
})

test('in an outage it stops long before its deadline, and its successor need not wait for a lease to lapse', async () => {
  const { worker, partition, mock, redis } = await setup(600_000)
  const endOutage = mock.fault({ kind: 'answer', status: 502 })
  for (let sequence = 0; sequence < 5; sequence += 1)
    await partition.add(['cus_1', 'cus_2'].map((id) => track(id, { relay_seq: sequence })))
  // The waits between two tries are long by then.
  await mock.waitFor(({ faulted }) => faulted === 4)
  expect(await terminate(worker)).toEqual(STOPPED)
  const { workers } = namespaceKeys('stop')
  expect(await partition.redis.exists(partition.keys.lease, workers)).toBe(0)

  const successor = new ObservedWorker({ ...settingsOf('stop', mock), REDIS_URL: redis.url })
  await successor.log('lease.taken')
  endOutage()
  await mock.waitFor(({ applied }) => applied === 10)
  expect(mock.summary()).toMatchObject({ received: 10, inversions: 0, doubled: 0 })
})

test('a second signal does not break off a clean stop', async () => {
  const { worker, partition, mock } = await setup()
  mock.fault({ kind: 'hang' })
  const job = await partition.add([track('cus_1')])
  await mock.waitFor(({ faulted }) => faulted === 1)
  worker.process.signal('SIGINT')
  await worker.log('worker.stopping')
  worker.process.signal('SIGINT')
  expect(await terminate(worker)).toEqual(STOPPED)
  expect(await partition.waiting()).toEqual([job])
})
