// What becomes of a node that was away. A master that comes back takes writes, and loses them, until somebody tells it that
// another one was made master meanwhile. It is settled when it is a replica, or when all others take it for the master
// and no failover goes on. Looked at directly, past the proxies.

import { redisCommand, until } from '@retention-relay/testkit'
import type { Sentinels, TestRedis } from '@retention-relay/testkit'
import { Redis } from 'ioredis'

import type { RedisStand } from '../stage/redis-stand.ts'

/** What a node is. */
export type NodeRole = 'master' | 'replica'

type RedisPart = Pick<RedisStand, 'place' | 'nodes'>

/** Those who decide are behind proxies that other faults slow down and cut. */
const SETTLED_MS = 30_000

/** Place of the first range of slots in a line of CLUSTER NODES. */
const SLOTS_FIELD = 8

/** What the node takes itself for. */
export async function roleOf({ port = 0 }: TestRedis): Promise<NodeRole> {
  const info = await redisCommand(port, 'INFO replication')
  return info.includes('role:master') ? 'master' : 'replica'
}

/** Resolves when the role of a node that has come back does not change any more. */
export async function settledRole({ place, nodes }: RedisPart, node: TestRedis): Promise<NodeRole> {
  const isConfirmed = async (): Promise<boolean> => {
    if (place.kind === 'sentinel') return await isMasterOfSentinels(place.sentinels, node)
    return place.kind === 'standalone' || (await isMasterOfCluster(nodes, node))
  }
  const role = await until(
    async () => {
      const own = await roleOf(node)
      return own === 'replica' || (await isConfirmed()) ? own : undefined
    },
    { timeoutMs: SETTLED_MS, what: 'a former master that is a replica, or still the master' },
  )
  return role ?? 'master'
}

async function isMasterOfSentinels(sentinels: Sentinels, node: TestRedis): Promise<boolean> {
  const { addresses, name, currentMaster } = sentinels
  const flags = await Promise.all(addresses.map(({ port }) => flagsOf(port, name)))
  return flags.every((text) => text === 'master') && (await currentMaster()) === node
}

/** `master` where nothing is wrong; else with `s_down`, `failover_in_progress`, … */
async function flagsOf(port: number, name: string): Promise<string> {
  const client = new Redis(port)
  try {
    const fields = (await client.call('SENTINEL', 'MASTER', name)) as string[]
    return fields[fields.indexOf('flags') + 1] ?? ''
  } finally {
    client.disconnect()
  }
}

async function isMasterOfCluster(nodes: readonly TestRedis[], node: TestRedis): Promise<boolean> {
  const { port = 0 } = node
  const id = await redisCommand(port, 'CLUSTER MYID')
  const info = await redisCommand(port, 'CLUSTER INFO')
  const views = await Promise.all(
    nodes.map(async (other) => await redisCommand(other.port ?? 0, 'CLUSTER NODES')),
  )
  return info.includes('cluster_state:ok') && views.every((view) => isServing(view, id))
}

/** Whether who has this view takes the node for a master with slots. */
function isServing(view: string, id: string): boolean {
  const fields = view
    .split('\n')
    .find((line) => line.startsWith(id))
    ?.split(' ')
  const isMaster = ['master', 'myself,master'].includes(fields?.[2] ?? '')
  return isMaster && fields?.[SLOTS_FIELD] !== undefined
}
