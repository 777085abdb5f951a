// Leases and a Redis that is another one: a promoted replica may not know who holds a lease, a restarted Redis does.
import { startTestRedis, until } from '@retention-relay/testkit'
import type { TestRedis } from '@retention-relay/testkit'
import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'

import { LeaseStore, leaseScripts, partitionKeys, ScriptRunner } from '../src/index.ts'

const TTL_MS = 400
const keys = partitionKeys({ namespace: 'failover', generation: 1, partition: 0 })

const connect = (redis: TestRedis): Redis => {
  const client = new Redis({ path: redis.socketPath })
  client.on('error', () => undefined)
  onTestFinished(() => client.disconnect())
  return client
}

const leasesOn = async (client: Redis, worker: string): Promise<LeaseStore> => {
  const runner = new ScriptRunner(client, leaseScripts)
  await runner.load()
  return new LeaseStore(runner, worker, TTL_MS)
}

test('on a promoted replica nobody acquires before one ttl has passed, whatever it knows of leases', async () => {
  const [first, second] = await Promise.all(
    [1, 2].map(() => startTestRedis({ port: true, onEnd: onTestFinished })),
  )
  const [master, replica] = [connect(first!), connect(second!)]
  await replica.replicaof('127.0.0.1', first!.port!)
  const former = await leasesOn(master, 'former')
  await former.acquire(keys, 'former#1')
  await former.release(keys, ['former#1'])
  await until(async () => (await replica.exists(keys.leaseRun)) === 1)
  await first!.kill()
  await replica.replicaof('NO', 'ONE')

  const leases = await leasesOn(replica, 'worker')
  const since = Date.now()
  let token = 0
  const acquire = async (): Promise<boolean> =>
    (await leases.acquire(keys, `worker#${(token += 1)}`)).held
  expect(await acquire()).toBe(false)
  await until(acquire)
  expect(Date.now() - since).toBeGreaterThanOrEqual(TTL_MS)
  expect(await leases.renew(keys, [`worker#${token}`])).toMatchObject({ held: true })
})

test('after a restart on its own data a lone Redis gives leases at once', async () => {
  const redis = await startTestRedis({ onEnd: onTestFinished })
  const before = await leasesOn(connect(redis), 'former')
  await before.acquire(keys, 'former#1')
  await before.release(keys, ['former#1'])
  await redis.kill()
  await redis.restart()
  const leases = await leasesOn(connect(redis), 'worker')
  expect(await leases.acquire(keys, 'worker#1')).toMatchObject({ held: true })
})
