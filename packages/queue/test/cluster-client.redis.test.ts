// A client of a Cluster of real processes.

import { redisCommand, startRedisCluster, until } from '@retention-relay/testkit'
import type { RedisCluster } from '@retention-relay/testkit'
import { Cluster } from 'ioredis'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'

import {
  awaitRedis,
  closeRedisClient,
  createRedisClient,
  findUnidentified,
  identifiedScripts,
  keySlot,
  masters,
  ScriptRunner,
} from '../src/index.ts'
import type { RedisAddress, RedisClient } from '../src/index.ts'

let cluster: RedisCluster
beforeAll(async () => {
  cluster = await startRedisCluster({ onEnd: afterAll })
})

const connect = (address: RedisAddress): RedisClient => {
  const client = createRedisClient(address, { name: 'test' })
  onTestFinished(() => closeRedisClient(client))
  return client
}

it('is ready at its first attempt, with every master, from one node of it', async () => {
  const reconnects: unknown[] = []
  for (let round = 0; round < 20; round += 1) {
    const client = connect(`redis+cluster://127.0.0.1:${cluster.nodes[0]?.port}`)
    client.on('reconnecting', (delay: unknown) => reconnects.push(delay))
    const arrival = await awaitRedis(client, { timeoutMs: 20_000 })
    expect(arrival).toMatchObject({ kind: 'ready', facts: [{}, {}, {}] })
    expect(masters(client).map(({ status }) => status)).toEqual(['ready', 'ready', 'ready'])
  }
  expect(reconnects).toEqual([])
})

it('loses a connection in the middle of a redirection without ending the process', async () => {
  const client = connect(cluster.addresses)
  await awaitRedis(client, { timeoutMs: 20_000 })
  const unhandled: unknown[] = []
  const keep = (cause: unknown): void => void unhandled.push(cause)
  process.on('unhandledRejection', keep)
  onTestFinished(() => void process.off('unhandledRejection', keep))
  const [node] = masters(client)
  // As ioredis does ahead of a command that is redirected to a slot's new master.
  void node!.asking()
  const command = node!.ping()
  node!.stream.destroy()
  await expect(command).rejects.toThrow('Connection is closed')
  await new Promise((resolve) => setImmediate(resolve))
  expect(unhandled).toEqual([])
})

it('copies a client of the caller: its nodes, not its habits', async () => {
  const own = new Cluster([...cluster.addresses], { lazyConnect: true, keyPrefix: 'shop:' })
  const client = connect(own)
  await awaitRedis(client, { timeoutMs: 20_000 })
  await client.set('copied', 'yes')
  const reader = connect(cluster.addresses)
  await awaitRedis(reader, { timeoutMs: 20_000 })
  expect(await reader.get('copied')).toBe('yes')
  expect(own.status).toBe('wait')
})

it.each(['{relay:production:g1:7}:events:wait', 'plain', '{}x', 'a{b}c{d}'])(
  'has %s in the slot that the Cluster says',
  async (key) => {
    const client = connect(cluster.addresses)
    await awaitRedis(client, { timeoutMs: 20_000 })
    expect(await client.cluster('KEYSLOT', key)).toBe(keySlot(key))
  },
)

it('finds identified customers on whichever master they are', async () => {
  const client = connect(cluster.addresses)
  await awaitRedis(client, { timeoutMs: 20_000 })
  const runner = new ScriptRunner(client, identifiedScripts)
  const customers = Array.from({ length: 200 }, (_, index) => `cus_${index}`)
  const identified = customers.filter((_, index) => index % 2 === 0)
  const unidentified = await findUnidentified(runner, 'cluster', { identified, asked: customers })
  expect(unidentified).toEqual(new Set(customers.filter((_, index) => index % 2 === 1)))
})

it('is closed at once while a master hangs', async () => {
  const client = connect(cluster.addresses)
  await awaitRedis(client, { timeoutMs: 20_000 })
  const [hung] = cluster.nodes
  hung?.pause()
  onTestFinished(() => hung?.resume())
  const pings = masters(client).map((node) => node.ping())
  const settled = Promise.allSettled(pings)
  closeRedisClient(client)
  expect((await settled).map(({ status }) => status)).toContain('rejected')
})

it('finds the new master of a node that became a replica and kept its connections', async () => {
  const own = await startRedisCluster({ replicas: true, onEnd: onTestFinished })
  const client = connect(own.addresses)
  await awaitRedis(client, { timeoutMs: 20_000 })
  const [master, replica] = [own.nodes[0]!, own.nodes[3]!]
  const roleOf = async ({ port }: typeof master): Promise<string> => {
    return (await redisCommand(port!, 'INFO replication')).match(/role:(\w+)/)![1]!
  }
  master.pause()
  // Now, and not when the others have missed it and voted.
  await redisCommand(replica.port!, 'CLUSTER FAILOVER TAKEOVER')
  await until(() => roleOf(replica), { accept: (role) => role === 'master' })
  master.resume()
  await until(() => roleOf(master), { accept: (role) => role === 'slave', timeoutMs: 30_000 })
  const arrival = await awaitRedis(client, { timeoutMs: 20_000 })
  expect(arrival).toMatchObject({ kind: 'ready', facts: [{}, {}, {}] })
})

it('waits while a range of slots has no master', async () => {
  const args = ['--cluster-require-full-coverage', 'no']
  const own = await startRedisCluster({ args, onEnd: onTestFinished })
  for (const { port } of own.nodes) await redisCommand(port!, 'CLUSTER DELSLOTSRANGE 0 5460')
  const client = connect(own.addresses)
  const arrival = awaitRedis(client, { timeoutMs: 20_000 })
  let maps = 0
  client.on('refresh', () => (maps += 1))
  await until(() => maps, { accept: (count) => count >= 3, timeoutMs: 20_000 })
  await redisCommand(own.nodes[0]!.port!, 'CLUSTER ADDSLOTSRANGE 0 5460')
  expect(await arrival).toMatchObject({ kind: 'ready', facts: [{}, {}, {}] })
})
