// Setup: two workers of one namespace, a mock Customer.io that refuses events of three names.
// Timeline: ordinary events; refused ones of three names; a pause; `relay resume`.
// Proves: both workers stop before everything is dead, say why, and go on when a person says so.

import { startMock } from '@retention-relay/mock-customerio'
import {
  namespaceKeys,
  PauseStore,
  pauseScripts,
  readNamespace,
  ScriptRunner,
} from '@retention-relay/queue'
import { startTestRedis, until } from '@retention-relay/testkit'
import { afterAll, expect, onTestFinished, test } from 'vitest'

import { PartitionOutside, track } from './jobs.ts'
import { ObservedWorker } from './observed-worker.ts'
import { settingsOf } from './settings.ts'

const redis = await startTestRedis({ onEnd: afterAll })
const NAMES = ['order_placed', 'checkout_started', 'product_viewed']

test('a mass of rejections pauses the namespace until a person resumes it', async () => {
  const rejectWhen = NAMES.map((name) => ({ name, field: 'data.bad', equals: true }))
  const mock = await startMock({ port: 0, rejectWhen })
  onTestFinished(() => mock.close())
  const settings = { ...settingsOf('mass', mock), RELAY_PARTITIONS: '2', REDIS_URL: redis.url }
  const workers = [new ObservedWorker(settings), new ObservedWorker(settings)]
  for (const worker of workers) await worker.log('lease.taken')

  const partitions = [0, 1].map((number) => new PartitionOutside(redis, 'mass', number))
  const bad = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      ...track(`cus_${index}`, { bad: true }),
      name: NAMES[index % 3]!,
    }))
  await partitions[0]!.add(bad(60))
  for (const worker of workers) await worker.log('relay.paused')
  await partitions[0]!.add(bad(3))
  await partitions[1]!.add([track('cus_good')])

  const outside = partitions[0]!.redis
  const paused = await readNamespace(outside, 'mass')
  expect(paused?.pause?.detail).toMatch(/^60 of the last 60 events were rejected \(/)
  // Both have told it, so nothing is sent any more.
  expect(mock.summary().applied).toBe(0)
  expect(await workers[1]!.readiness()).toMatchObject({ status: 503 })

  mock.configure({ rejectWhen: [] })
  const pauses = new PauseStore(new ScriptRunner(outside, pauseScripts), namespaceKeys('mass'))
  expect(await pauses.resume({ who: 'test', why: 'the rules are off' }, 1)).toEqual(paused?.pause)
  await mock.waitFor(({ applied }) => applied === 4)
  for (const worker of workers) await worker.log('relay.resumed')
  await until(() => partitions[0]!.counters(), { accept: ({ delivered }) => delivered === 3 })
  expect(await partitions[0]!.counters()).toMatchObject({ dead: 60, delivered: 3 })
  for (const worker of workers) await worker.untilReady()
})
