// A Redis that comes back without its data: a person is told, and what is sent from then on is delivered.

import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import { startMock } from '@retention-relay/mock-customerio'
import { startTestRedis, until } from '@retention-relay/testkit'
import { expect, onTestFinished, test } from 'vitest'

import { PartitionOutside, track } from './jobs.ts'
import { ObservedWorker } from './observed-worker.ts'
import { settingsOf } from './settings.ts'

const setup = async () => {
  const redis = await startTestRedis({ onEnd: onTestFinished })
  const mock = await startMock({ port: 0 })
  onTestFinished(() => mock.close())
  const settings = { ...settingsOf('emptied', mock), REDIS_URL: redis.url, RELAY_PARTITIONS: '1' }
  const worker = new ObservedWorker(settings)
  await worker.log('lease.taken')
  const partition = new PartitionOutside(redis, 'emptied')
  return { redis, mock, worker, partition }
}

test('a Redis that is restarted with an empty disk is said loudly, counted, and set up again', async () => {
  const { redis, mock, worker, partition } = await setup()
  await partition.add([track('cus_1')])
  await mock.waitFor(({ applied }) => applied === 1)

  const since = async () =>
    (await worker.metrics()).get('relay_namespace_created_seconds{namespace="emptied"}')
  const before = await since()
  await redis.kill()
  for (const name of readdirSync(redis.folder)) {
    if (name.startsWith('appendonly') || name.endsWith('.rdb')) {
      rmSync(join(redis.folder, name), { recursive: true })
    }
  }
  await redis.restart()
  const { level, msg } = await worker.log('redis.emptied')
  expect([level, msg]).toEqual([50, expect.stringContaining('Redis has lost the namespace')])
  // Its own connection may still be away.
  await until(() => partition.add([track('cus_2')]))
  await mock.waitFor(({ applied }) => applied === 2)
  await worker.untilReady()
  expect((await worker.metrics()).get('relay_redis_emptied_total')).toBe(1)
  const { createdAt, partitions } = await partition.redis.hgetall('{relay:emptied}:config')
  expect(partitions).toBe('1')
  expect([before === undefined, await since()]).toEqual([false, Number(createdAt) / 1e6])
  expect(before).not.toBe(await since())
})

test('it is said also when another process has set the namespace up before a worker looks', async () => {
  const { worker, partition } = await setup()
  const key = '{relay:emptied}:config'
  const config = await partition.redis.hgetall(key)
  await partition.redis
    .multi()
    .flushall()
    .hset(key, { ...config, createdAt: `${config['createdAt']}1` })
    .exec()
  await worker.log('redis.emptied')
  await worker.untilReady()
  expect((await worker.metrics()).get('relay_redis_emptied_total')).toBe(1)
})
