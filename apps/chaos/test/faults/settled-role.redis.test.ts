// Setup: a master, a replica and three sentinels; a Cluster of three masters with a replica each.
// Timeline: the master is killed, another one is made master, and it comes back; or it was gone for a moment only.
// Proves: a former master counts as one until it is a replica, and one that nobody has replaced is still the master.

import { startRedisCluster, startSentinels, until } from '@retention-relay/testkit'
import { expect, onTestFinished, test } from 'vitest'

import { roleOf, settledRole } from '../../src/faults/settled-role.ts'

const NODE_TIMEOUT = ['--cluster-node-timeout', '1500']

test('behind sentinels a killed master is settled once it follows the new one', async () => {
  const sentinels = await startSentinels({ onEnd: onTestFinished })
  const { master, replica, currentMaster } = sentinels
  const place = { kind: 'sentinel', sentinels } as const
  const nodes = [master, replica]
  expect(await settledRole({ place, nodes }, master)).toBe('master')
  await master.kill()
  await until(currentMaster, { accept: (now) => now === replica, timeoutMs: 30_000 })
  await master.restart()
  expect(await settledRole({ place, nodes }, master)).toBe('replica')
  expect(await roleOf(master)).toBe('replica')
})

test('in a Cluster a frozen master is settled once it follows its replica, or when it had stayed the master', async () => {
  const cluster = await startRedisCluster({
    masters: 3,
    replicas: true,
    args: NODE_TIMEOUT,
    onEnd: onTestFinished,
  })
  const stand = { place: { kind: 'cluster', cluster }, nodes: cluster.nodes } as const
  const [first, second, , replica] = cluster.nodes
  second!.pause()
  second!.resume()
  expect(await settledRole(stand, second!)).toBe('master')
  first!.pause()
  await until(() => roleOf(replica!), { accept: (role) => role === 'master', timeoutMs: 30_000 })
  first!.resume()
  expect(await settledRole(stand, first!)).toBe('replica')
})
