// Cluster and Sentinel of real processes: they serve as such, a failover takes place, and nothing is left behind.
import { existsSync } from 'node:fs'

import { isAlive } from '@retention-relay/local-redis'
import { expect, onTestFinished, test } from 'vitest'

import { startRedisCluster, startSentinels, until } from '../src/index.ts'
import { ask } from './resp-client.ts'

test('a cluster serves every slot, each from one of its masters', async () => {
  const cluster = await startRedisCluster({ onEnd: onTestFinished })
  const [first, , last] = cluster.nodes
  expect(cluster.addresses.map(({ port }) => port)).toEqual(cluster.nodes.map(({ port }) => port))
  expect(await ask({ port: first?.port ?? 0 }, 'CLUSTER KEYSLOT foo')).toBe(12_182)
  const moved = await ask({ port: first?.port ?? 0 }, 'SET foo 1')
  expect(String(moved)).toBe(`Error: MOVED 12182 127.0.0.1:${last?.port}`)
  expect(await ask({ port: last?.port ?? 0 }, 'SET foo 1')).toBe('OK')
})

test('a stopped cluster leaves no process and no folder', async () => {
  const { nodes, stop } = await startRedisCluster({ masters: 2 })
  const left = nodes.map(({ pid, folder }) => ({ pid, folder }))
  await stop()
  expect(left.map(({ pid }) => isAlive(pid))).toEqual([false, false])
  expect(left.map(({ folder }) => existsSync(folder))).toEqual([false, false])
})

test('sentinels name the master, make another one on demand, and when it is killed', async () => {
  const sentinels = await startSentinels({ onEnd: onTestFinished })
  const { master, replica, addresses, name, currentMaster } = sentinels
  expect(await currentMaster()).toBe(master)
  const named = await ask(addresses[0] ?? {}, `SENTINEL GET-MASTER-ADDR-BY-NAME ${name}`)
  expect(named).toEqual(['127.0.0.1', String(master.port)])
  await sentinels.failOver()
  expect(await currentMaster()).toBe(replica)
  expect(await ask(replica, 'SET k v')).toBe('OK')
  await until(() => ask(master, 'GET k'), { accept: (value) => value === 'v' })
  await replica.kill()
  await until(currentMaster, { accept: (now) => now === master, timeoutMs: 30_000 })
  await until(() => ask(master, 'SET k w'), { accept: (reply) => reply === 'OK' })
})
