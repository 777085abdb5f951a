// Setup: one worker, one partition, a mock Customer.io that answers 500 to every request with a poison event in it.
// Timeline: a batch with the poison event among others; then live events of other customers, until it dies.
// Proves: the event is found and dies as exhausted while the others are delivered, each customer's in order, and nothing
// else dies of it; the partition is the only busy one.

import { startMock } from '@retention-relay/mock-customerio'
import { startTestRedis, until } from '@retention-relay/testkit'
import { afterAll, expect, onTestFinished, test } from 'vitest'

import { PartitionOutside, track } from './jobs.ts'
import { ObservedWorker } from './observed-worker.ts'
import { settingsOf } from './settings.ts'

const redis = await startTestRedis({ onEnd: afterAll })

test('an event that makes Customer.io fail dies alone; its neighbours and its own customer go on', async () => {
  const mock = await startMock({ port: 0 })
  onTestFinished(() => mock.close())
  mock.fault({ kind: 'answer', status: 500, match: { eventName: 'poison' } })
  const partition = new PartitionOutside(redis, 'poison')
  const poison = { ...track('cus_poison'), name: 'poison' }
  const behind = track('cus_poison')
  const neighbours = Array.from({ length: 20 }, (_, index) => track(`cus_${index}`))
  await partition.add([...neighbours.slice(0, 7), poison, behind, ...neighbours.slice(7)])
  const worker = new ObservedWorker({ ...settingsOf('poison', mock), REDIS_URL: redis.url })
  await mock.waitFor(({ applied }) => applied === neighbours.length)
  expect(await partition.deadLetters()).toEqual([])

  let live = 0
  const letters = await until(
    async () => {
      await partition.add([track(`live_${(live += 1)}`)])
      return await partition.deadLetters()
    },
    { accept: ({ length }) => length > 0, timeoutMs: 120_000 },
  )
  expect(letters).toMatchObject([{ id: poison.id, reason: 'exhausted', maybeDelivered: false }])
  await mock.waitFor(({ applied }) => applied === neighbours.length + 1 + live)
  expect(mock.received('cus_poison').map(({ id }) => id)).toEqual([behind.id])
  await until(() => partition.counters(), { accept: ({ delivered }) => delivered === 21 + live })
  expect(await partition.counters()).toMatchObject({ dead: 1, delivered: 21 + live })
  expect((await worker.metrics()).get('relay_events_dead_total{reason="exhausted"}')).toBe(1)
})
