// What happens to the nodes behind sentinels and in a Cluster. Others take over where there are others. The fault lasts
// until a former master knows that it is none: what it took until then is lost.

import { until } from '@retention-relay/testkit'
import type { TestRedis } from '@retention-relay/testkit'

import type { Stage } from '../stage/stage.ts'
import { last } from './fault-action.ts'
import type { FaultAction } from './fault-action.ts'
import { settledRole } from './settled-role.ts'

/** SIGKILL of the master; it comes back after the time. */
export const killMaster: FaultAction = async (stage, { forMs }) =>
  killNode(stage, await masterOf(stage), forMs)

/** SIGSTOP of the master; it wakes up after the time and believes that it is still one. */
export const freezeMaster: FaultAction = async (stage, { forMs }) =>
  freezeNode(stage, await masterOf(stage), forMs)

/** SIGKILL of a node of the Cluster. */
export const killClusterNode: FaultAction = (stage, { forMs, amount }) =>
  killNode(stage, stage.redis.nodes[amount]!, forMs)

/** SIGSTOP of a node of the Cluster. */
export const freezeClusterNode: FaultAction = (stage, { forMs, amount }) =>
  freezeNode(stage, stage.redis.nodes[amount]!, forMs)

async function killNode(stage: Stage, node: TestRedis, forMs: number): Promise<void> {
  const name = nameOf(stage, node)
  stage.timeline.note(name, 'SIGKILL')
  await node.kill()
  await last(forMs)
  await node.restart()
  stage.timeline.note(name, 'runs again')
  await settle(stage, node)
}

async function freezeNode(stage: Stage, node: TestRedis, forMs: number): Promise<void> {
  const name = nameOf(stage, node)
  stage.timeline.note(name, 'SIGSTOP')
  node.pause()
  await last(forMs)
  node.resume()
  stage.timeline.note(name, 'SIGCONT')
  await settle(stage, node)
}

async function settle(stage: Stage, node: TestRedis): Promise<void> {
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
