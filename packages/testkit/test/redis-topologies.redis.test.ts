// Cluster and Sentinel of real processes: they serve as such, a failover takes place, and nothing is left behind.
// Side by side, since all of them wait for nodes that meet and vote.
import { existsSync, readFileSync } from 'node:fs'

import { isAlive } from '@retention-relay/local-redis'
import { test } from 'vitest'

import { startRedisCluster, startSentinels, until } from '../src/index.ts'
import { ask } from './resp-client.ts'

test.concurrent('a cluster serves every slot, each from one of its masters', async ({
  expect,
  onTestFinished,
}) => {
  const cluster = await startRedisCluster({ onEnd: onTestFinished })
  const [first, , last] = cluster.nodes
  expect(cluster.addresses.map(({ port }) => port)).toEqual(cluster.nodes.map(({ port }) => port))
  expect(await ask({ port: first?.port ?? 0 }, 'CLUSTER KEYSLOT foo')).toBe(12_182)
  const moved = await ask({ port: first?.port ?? 0 }, 'SET foo 1')
  expect(String(moved)).toBe(`Error: MOVED 12182 127.0.0.1:${last?.port}`)
  expect(await ask({ port: last?.port ?? 0 }, 'SET foo 1')).toBe('OK')
})

test.concurrent('a stopped cluster leaves no process and no folder', async ({ expect }) => {
  const { nodes, stop } = await startRedisCluster({ masters: 2 })
  const left = nodes.map(({ pid, folder }) => ({ pid, folder }))
  await stop()
  expect(left.map(({ pid }) => isAlive(pid))).toEqual([false, false])
  expect(left.map(({ folder }) => existsSync(folder))).toEqual([false, false])
})

test.concurrent('sentinels name the master, make another one on demand, and when it is killed', async ({
  expect,
  onTestFinished,
}) => {
  const sentinels = await startSentinels({ onEnd: onTestFinished })
  const { master, replica, addresses, name, currentMaster, logFiles } = sentinels
  expect(await currentMaster()).toBe(master)
  const named = await ask(addresses[0] ?? {}, `SENTINEL GET-MASTER-ADDR-BY-NAME ${name}`)
  expect(named).toEqual(['127.0.0.1', String(master.port)])
  await sentinels.failOver()
  for (const file of logFiles) expect(readFileSync(file, 'utf8')).toContain('+switch-master')
  expect(await currentMaster()).toBe(replica)
  expect(await ask(replica, 'SET k v')).toBe('OK')
  await until(() => ask(master, 'GET k'), { accept: (value) => value === 'v' })
  await replica.kill()
  await until(currentMaster, { accept: (now) => now === master, timeoutMs: 30_000 })
  await until(() => ask(master, 'SET k w'), { accept: (reply) => reply === 'OK' })
})

test.concurrent('everybody who is told where a node is comes through its proxy, in a cluster and behind sentinels', async ({
  expect,
  onTestFinished,
}) => {
  const cluster = await startRedisCluster({ proxied: true, onEnd: onTestFinished })
  expect(cluster.addresses.map(({ port }) => port)).toEqual(cluster.proxies.map(({ port }) => port))
  const moved = await ask({ port: cluster.nodes[0]?.port ?? 0 }, 'SET foo 1')
  expect(String(moved)).toBe(`Error: MOVED 12182 127.0.0.1:${cluster.proxies[2]?.port}`)

  const sentinels = await startSentinels({ proxied: true, onEnd: onTestFinished })
  const asked = `SENTINEL GET-MASTER-ADDR-BY-NAME ${sentinels.name}`
  const named = (): Promise<unknown> => ask(sentinels.addresses[0] ?? {}, asked)
  expect(await named()).toEqual(['127.0.0.1', String(sentinels.proxies[0]?.port)])
  await sentinels.failOver()
  expect(await named()).toEqual(['127.0.0.1', String(sentinels.proxies[1]?.port)])
})

test.concurrent('the replica of a killed master serves its slots', async ({
  expect,
  onTestFinished,
}) => {
  const args = ['--cluster-node-timeout', '1000']
  const { nodes } = await startRedisCluster({ replicas: true, args, onEnd: onTestFinished })
  expect(await ask(nodes[2] ?? {}, 'SET foo 1')).toBe('OK')
  expect(await ask(nodes[2] ?? {}, 'WAIT 1 5000')).toBe(1)
  await nodes[2]?.kill()
  await until(() => ask(nodes[5] ?? {}, 'GET foo'), {
    accept: (value) => value === '1',
    timeoutMs: 30_000,
  })
})
