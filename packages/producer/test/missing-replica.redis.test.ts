// A master that takes no writes without a replica (`min-replicas-to-write 1`): as a former master is, when it comes back
// after a failover and does not know yet that it is none any more.

import { awaitRedis, closeRedisClient, createRedisClient } from '@retention-relay/queue'
import { startTestRedis, until } from '@retention-relay/testkit'
import { expect, it, onTestFinished } from 'vitest'

import { freshNamespace, makeProducer } from './producers.ts'
import { storedEvents } from './stored-events.ts'

it('has calls refused, and stores them when the replica is there', async () => {
  const master = await startTestRedis({ port: true, onEnd: onTestFinished })
  const namespace = freshNamespace()
  const relay = await makeProducer({ namespace, redis: master.url, enqueueTimeoutMs: 10_000 })
  await relay.delete('cus_before')
  const admin = createRedisClient(master.url, { name: 'admin' })
  onTestFinished(() => closeRedisClient(admin))
  await awaitRedis(admin, { timeoutMs: 10_000 })
  await admin.config('SET', 'min-replicas-to-write', '1')

  const refused = relay.delete('cus_refused')
  await expect(refused).rejects.toMatchObject({ code: 'RELAY_ENQUEUE_REFUSED', retryable: true })
  await expect(refused).rejects.toThrow('NOREPLICAS')
  const customers = async (): Promise<string[]> =>
    (await storedEvents(master.url, namespace)).map(({ customerId }) => customerId)
  expect(await customers()).toEqual(['cus_before'])

  const args = ['--replicaof', `127.0.0.1 ${master.port}`]
  await startTestRedis({ args, onEnd: onTestFinished })
  await until(() => relay.delete('cus_after').then(() => true))
  expect((await customers()).toSorted()).toEqual(['cus_after', 'cus_before'])
})

it('lets a service start all the same: a namespace that is new is set up when the replica is there', async () => {
  const wants = ['--min-replicas-to-write', '1']
  const master = await startTestRedis({ port: true, args: wants, onEnd: onTestFinished })
  const namespace = freshNamespace()
  const relay = await makeProducer({ namespace, redis: master.url, enqueueTimeoutMs: 500 })
  await expect(relay.delete('cus_refused')).rejects.toMatchObject({
    code: 'RELAY_ENQUEUE_REFUSED',
    retryable: true,
  })
  const args = ['--replicaof', `127.0.0.1 ${master.port}`]
  await startTestRedis({ args, onEnd: onTestFinished })
  await until(() => relay.delete('cus_after').then(() => true))
  const stored = await storedEvents(master.url, namespace)
  expect(stored.map(({ customerId }) => customerId)).toEqual(['cus_after'])
})
