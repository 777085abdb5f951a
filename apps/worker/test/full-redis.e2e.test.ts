// A Redis that is full refuses whatever needs memory. Memory comes back only by delivering, so a worker must be able to
// start, not only to go on, on a Redis like that.

import { startMock } from '@retention-relay/mock-customerio'
import { startTestRedis, until } from '@retention-relay/testkit'
import { expect, onTestFinished, test } from 'vitest'

import { PartitionOutside, track } from './jobs.ts'
import { ObservedWorker } from './observed-worker.ts'
import { settingsOf } from './settings.ts'

const FULL = ['maxmemory', '1'] as const

test('a worker that starts on a full Redis delivers what is there', async () => {
  const redis = await startTestRedis({ onEnd: onTestFinished })
  const mock = await startMock()
  onTestFinished(() => mock.close())
  const partition = new PartitionOutside(redis, 'full')
  const settings = { ...settingsOf('full', mock), REDIS_URL: redis.url }
  const first = new ObservedWorker(settings)
  await first.untilReady()
  await first.process.kill('SIGTERM')
  for (let count = 0; count < 20; count += 1) await partition.add([track(`cus_${count}`)])
  await partition.redis.config('SET', ...FULL)
  await expect(partition.redis.set('more', 'x')).rejects.toThrow(/OOM/)

  const second = new ObservedWorker(settings)
  await mock.waitFor(({ applied }) => applied === 20)
  await until(() => partition.counters(), { accept: ({ delivered }) => delivered === 20 })
  expect((await second.readiness()).ready).toBe(true)
})

test('a new namespace on a full Redis is told once and waited for', async () => {
  const redis = await startTestRedis({ onEnd: onTestFinished })
  const mock = await startMock()
  onTestFinished(() => mock.close())
  const { redis: client } = new PartitionOutside(redis, 'full')
  await client.config('SET', ...FULL)
  const worker = new ObservedWorker({ ...settingsOf('full', mock), REDIS_URL: redis.url })
  expect(await worker.log('namespace.not_open')).toMatchObject({
    cause: expect.stringMatching(/OOM/),
  })
  const attempts = async (): Promise<number> => {
    const info = await client.info('commandstats')
    return Number(/cmdstat_eval:calls=(\d+)/.exec(info)?.[1] ?? 0)
  }
  await until(attempts, { accept: (count) => count >= 3 })
  expect(worker.logged('namespace.not_open')).toHaveLength(1)
  await client.config('SET', 'maxmemory', '0')
  await worker.untilReady()
})
