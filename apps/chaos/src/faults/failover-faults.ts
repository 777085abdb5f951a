// What happens to the nodes behind sentinels and in a Cluster. Others take over where there are others. The fault lasts
// until a former master knows that it is none: what it took until then is lost.

import { redisCommand, until } from '@retention-relay/testkit'
import type { TestRedis } from '@retention-relay/testkit'

import type { Stage } from '../stage/stage.ts'
import { last } from './fault-action.ts'
import type { FaultAction } from './fault-action.ts'
import { roleOf, settledRole } from './settled-role.ts'

/** An address where there is nothing, as REPLICAOF takes it and as INFO says it. */
const NOWHERE = '127.0.0.1 1'
const NOWHERE_TOLD = /master_port:1\r/

/** Far above the time in which a replica is made master. */
const PROMOTED_MS = 15_000

/** SIGKILL of the master; it comes back after the time. */
export const killMaster: FaultAction = async (stage, { forMs }) => {
  const node = await masterOf(stage)
  const others = stage.redis.nodes.filter((other) => other !== node)
  const withoutMaster = async (): Promise<void> => {
    await Promise.race([promoted(stage, others, [node]), last(stage, forMs)])
  }
  const killed = killNode(stage, node, forMs)
  await Promise.all([killed, stage.runFile.outage('redis_away', withoutMaster)])
}

/** SIGSTOP of the master; it wakes up after the time and believes that it is still one. */
export const freezeMaster: FaultAction = async (stage, { forMs }) =>
  freezeNode(stage, await masterOf(stage), forMs)

/** A replica whose master is nowhere: it answers reads and refuses writes, until sentinels give it another master. */
export const makeReadOnly: FaultAction = async (stage, { forMs }) => {
  const node = await masterOf(stage)
  const { port = 0 } = node
  await whileLost(stage, node, async () => {
    stage.timeline.note(nameOf(stage, node), 'takes no writes')
    await redisCommand(port, `REPLICAOF ${NOWHERE}`)
    // Sentinels end it when they will.
    const refused = async (): Promise<void> => await last(stage, forMs)
    const isAlone = stage.redis.place.kind === 'standalone'
    await (isAlone ? stage.runFile.outage('redis_refuses', refused) : refused())
    const info = await redisCommand(port, 'INFO replication')
    if (NOWHERE_TOLD.test(info)) await redisCommand(port, 'REPLICAOF NO ONE')
  })
}

/** SIGKILL of a master of the Cluster, for longer than it takes to make its replica master. */
export const killClusterMaster: FaultAction = async (stage, { forMs, amount }) => {
  const { nodes } = stage.redis
  const masters = await mastersAmong(nodes)
  const node = masters[amount % masters.length]!
  const others = nodes.filter((other) => other !== node)
  const promotion = promoted(stage, others, masters)
  await killNode(stage, node, forMs)
  return (await promotion) ? undefined : 'skipped'
}

/** SIGKILL of a node of the Cluster. */
export const killClusterNode: FaultAction = (stage, { forMs, amount }) =>
  killNode(stage, stage.redis.nodes[amount]!, forMs)

/** SIGSTOP of a node of the Cluster. */
export const freezeClusterNode: FaultAction = (stage, { forMs, amount }) =>
  freezeNode(stage, stage.redis.nodes[amount]!, forMs)

/** Whether one of the nodes has become a master beside those that were. */
async function promoted(
  stage: Stage,
  nodes: readonly TestRedis[],
  before: readonly TestRedis[],
): Promise<boolean> {
  const look = async (): Promise<TestRedis | undefined> =>
    (await mastersAmong(nodes)).find((master) => !before.includes(master))
  const master = await until(look, { timeoutMs: PROMOTED_MS }).catch(() => undefined)
  if (master === undefined) return false
  stage.timeline.note(nameOf(stage, master), 'has been made master')
  return true
}

async function mastersAmong(nodes: readonly TestRedis[]): Promise<TestRedis[]> {
  const roles = await Promise.all(nodes.map(roleOf))
  return nodes.filter((_, index) => roles[index] === 'master')
}

async function killNode(stage: Stage, node: TestRedis, forMs: number): Promise<void> {
  const name = nameOf(stage, node)
  await whileLost(stage, node, async () => {
    stage.timeline.note(name, 'SIGKILL')
    await node.kill()
    await last(stage, forMs)
    await node.restart()
    stage.timeline.note(name, 'runs again')
  })
}

async function freezeNode(stage: Stage, node: TestRedis, forMs: number): Promise<void> {
  const name = nameOf(stage, node)
  await whileLost(stage, node, async () => {
    stage.timeline.note(name, 'SIGSTOP')
    node.pause()
    await last(stage, forMs)
    node.resume()
    stage.timeline.note(name, 'SIGCONT')
  })
}

/** Resolves when it is known what the node has become. */
async function whileLost(
  stage: Stage,
  node: TestRedis,
  during: () => Promise<void>,
): Promise<void> {
  await during()
  const role = await settledRole(stage.redis, node)
  stage.timeline.note(nameOf(stage, node), `is a ${role}`)
}

/** After a failover the sentinels may not agree for a moment. */
async function masterOf({ redis: { place, nodes } }: Stage): Promise<TestRedis> {
  if (place.kind !== 'sentinel') return nodes[0]!
  const master = await until(place.sentinels.currentMaster, { what: 'a master' })
  return master ?? nodes[0]!
}

function nameOf({ redis }: Stage, node: TestRedis): string {
  return `redis-${redis.nodes.indexOf(node) + 1}`
}
