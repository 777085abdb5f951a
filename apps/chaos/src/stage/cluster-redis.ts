// A Cluster of six nodes, with a proxy before each: three masters with a replica each, or six masters. Producers wait
// for a replica where there is one.

import { startRedisCluster } from '@retention-relay/testkit'
import type { TestRedis } from '@retention-relay/testkit'

import { NODE_SETTINGS, PASSWORD, USER } from './redis-stand.ts'
import type { RedisStand } from './redis-stand.ts'

/** Silence after which a node counts as failed: short, so that a failover fits into a run. */
const NODE_TIMEOUT_MS = 1500

/** Starts it. */
export async function clusterRedis(masters: 3 | 6): Promise<RedisStand> {
  const replicas = masters === 3
  const args = ['--cluster-node-timeout', String(NODE_TIMEOUT_MS), ...NODE_SETTINGS]
  const cluster = await startRedisCluster({ masters, replicas, proxied: true, args })
  const hosts = cluster.addresses.map(({ host, port }) => `${host}:${port}`).join(',')
  const address = `redis+cluster://${USER}:${PASSWORD}@${hosts}`
  return {
    place: { kind: 'cluster', cluster },
    nodes: cluster.nodes,
    standIns: replicas ? pairsOf(cluster.nodes) : [],
    replicas: replicas ? 1 : 0,
    addressFor: () => Promise.resolve(address),
    plainAddress: address,
    proxyOf: () => undefined,
    proxies: () => cluster.proxies,
    stop: () => cluster.stop(),
  }
}

/** Each master and its replica: the replicas stand behind the masters, in their order. */
function pairsOf(nodes: readonly TestRedis[]): TestRedis[][] {
  const masters = nodes.length / 2
  return nodes.slice(0, masters).map((master, index) => [master, nodes[masters + index]!])
}
