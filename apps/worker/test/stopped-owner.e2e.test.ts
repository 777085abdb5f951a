// Setup: one partition, 20 customers with 12 operations each; a worker whose request is held back on its way.
// Timeline: the worker is stopped with SIGSTOP and stays so for longer than its lease; its request is lost. A second one takes
//   over; when it has a request of its own on its way, the first one is woken. It can read Redis, but not renew: only
//   its clocks tell it that its lease is over.
// Proves: the first one sends nothing more and takes nothing from the second one; no operation is late, overtaken or
//   sent twice, profile operations included.

import { startMock } from '@retention-relay/mock-customerio'
import type { Mock } from '@retention-relay/mock-customerio'
import { leaseScripts } from '@retention-relay/queue'
import { startFaultProxy, startTestRedis, until } from '@retention-relay/testkit'
import type { FaultProxy, TestRedis } from '@retention-relay/testkit'
import { expect, onTestFinished, test } from 'vitest'

import { addLives, lived, makeLives, told } from './customer-lives.ts'
import { PartitionOutside } from './jobs.ts'
import { ObservedWorker } from './observed-worker.ts'
import { settingsOf } from './settings.ts'

const LIVES = makeLives(20)
const OPERATIONS = [...LIVES.values()].flat().length

interface Route {
  readonly worker: ObservedWorker
  readonly toMock: FaultProxy
  readonly toRedis: FaultProxy
}

/** A worker with ways of its own. */
async function start(redis: TestRedis, mock: Mock): Promise<Route> {
  const toMock = await startFaultProxy({ target: mock, onEnd: onTestFinished })
  const toRedis = await startFaultProxy({ target: redis, onEnd: onTestFinished })
  const worker = new ObservedWorker({
    ...settingsOf('stopped', mock),
    REDIS_URL: toRedis.url(),
    CUSTOMERIO_TRACK_URL: toMock.url('http'),
  })
  return { worker, toMock, toRedis }
}

test('an owner that was stopped beyond its lease sends nothing when it wakes, and takes nothing', async () => {
  const redis = await startTestRedis({ onEnd: onTestFinished })
  const mock = await startMock()
  onTestFinished(() => mock.close())
  const partition = new PartitionOutside(redis, 'stopped')

  const first = await start(redis, mock)
  await first.worker.untilReady()
  const request = first.toMock.hold('/api/v2/batch')
  await addLives(LIVES, [partition])
  await request.caught
  first.worker.process.signal('SIGSTOP')
  const renewals = first.toRedis.hold(leaseScripts.find(({ name }) => name === 'lease')!.sha)
  await first.toMock.cutAll()
  await request.release()
  const stoppedOwner = await partition.redis.get(partition.keys.lease)

  const second = await start(redis, mock)
  const next = second.toMock.hold('/api/v2/batch')
  await next.caught
  const owner = await partition.redis.get(partition.keys.lease)
  const held = await partition.active()
  expect(owner).not.toBe(stoppedOwner)
  expect(mock.summary().received).toBe(0)

  first.worker.process.signal('SIGCONT')
  await first.worker.log('lease.ended')
  await first.worker.log('request.answered')
  expect(await partition.redis.get(partition.keys.lease)).toBe(owner)
  expect(await partition.active()).toEqual(held)
  expect(mock.summary().received).toBe(0)

  const answered = first.worker.logged('request.answered')
  expect(answered.map(({ outcome }) => outcome)).toEqual(['retry'])
  expect(second.worker.logged('consumer.out_of_sync')).toEqual([])

  await renewals.release()
  await next.release()
  await mock.waitFor(({ applied }) => applied === OPERATIONS)
  await until(() => partition.open(), { accept: (jobs) => jobs === 0, what: 'no jobs' })
  expect(lived(LIVES, mock)).toEqual(told(LIVES))
  expect(mock.summary()).toMatchObject({ received: OPERATIONS, inversions: 0, overlaps: 0 })
  expect(await partition.counters()).toEqual({ accepted: OPERATIONS, delivered: OPERATIONS })
  for (const { worker } of [first, second])
    expect(await worker.process.kill('SIGTERM')).toEqual({ code: 0, signal: null })
})
