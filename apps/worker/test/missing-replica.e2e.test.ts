// Setup: a master that takes no writes without a replica (`min-replicas-to-write 1`), as a former master is when it comes
//   back after a failover; it has none. A worker on it, whose namespace is new.
// Timeline: the worker cannot even set its namespace up, and says so. A replica comes, and an event is delivered. The
//   replica goes: no lease can be renewed. It comes back.
// Proves: the worker neither ends nor sends what it could not settle, says why it is not ready, and comes back by itself.

import { startMock } from '@retention-relay/mock-customerio'
import { startTestRedis, until } from '@retention-relay/testkit'
import { expect, onTestFinished, test } from 'vitest'

import { PartitionOutside, track } from './jobs.ts'
import { ObservedWorker } from './observed-worker.ts'
import { settingsOf } from './settings.ts'

test('a master without the replica that it wants stops a worker, which says so and goes on when it is there', async () => {
  const wants = ['--min-replicas-to-write', '1', '--min-replicas-max-lag', '2']
  const master = await startTestRedis({ port: true, args: wants, onEnd: onTestFinished })
  const mock = await startMock()
  onTestFinished(() => mock.close())
  const partition = new PartitionOutside(master, 'replica')
  const worker = new ObservedWorker({ ...settingsOf('replica', mock), REDIS_URL: master.url })
  expect((await worker.log('namespace.not_open'))['cause']).toMatch(/^NOREPLICAS/)

  const args = ['--replicaof', `127.0.0.1 ${master.port}`]
  const replica = await startTestRedis({ args, onEnd: onTestFinished })
  await worker.untilReady()
  await partition.add([track('cus_1')])
  await mock.waitFor(({ applied }) => applied === 1)
  await until(() => partition.counters(), { accept: ({ delivered }) => delivered === 1 })

  await replica.kill()
  const { cause } = await worker.log('redis.refuses')
  expect(cause).toMatch(/^NOREPLICAS/)
  expect(await worker.readiness()).toMatchObject({
    status: 503,
    reasons: ['Redis refuses writes'],
  })
  await replica.restart()
  await until(() => partition.add([track('cus_2')]).then(() => true), { timeoutMs: 20_000 })
  await mock.waitFor(({ applied }) => applied === 2)
  await worker.untilReady()
  expect(mock.summary()).toMatchObject({ received: 2, applied: 2 })
})
