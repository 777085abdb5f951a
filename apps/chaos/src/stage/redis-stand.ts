// The Redis of a run, of whatever kind: who connects to what, and the proxies in between.

import type { FaultProxy, RedisCluster, Sentinels, TestRedis } from '@retention-relay/testkit'

/** User of the processes, who is not the one that arranges things. */
export const USER = 'relay'

/** Its password, unless a fault has changed it. */
export const PASSWORD = 'quiet-harbour'

/** Settings of every node. */
export const NODE_SETTINGS: readonly string[] = [
  '--user',
  USER,
  'on',
  `>${PASSWORD}`,
  '~*',
  '&*',
  '+@all',
]

/** What kind of Redis, with the means to change it. */
export type RedisPlace =
  | { readonly kind: 'standalone'; readonly redis: TestRedis }
  | { readonly kind: 'sentinel'; readonly sentinels: Sentinels }
  | { readonly kind: 'cluster'; readonly cluster: RedisCluster }

/** The Redis of a run. */
export interface RedisStand {
  readonly place: RedisPlace
  readonly nodes: readonly TestRedis[]
  /** Nodes that stand in for each other, the master first. */
  readonly standIns: readonly (readonly TestRedis[])[]
  /** Replicas that must have an event before it is acknowledged: a failover loses what they have not. */
  readonly replicas: number
  /** Address for a process (`worker-1`), through proxies. */
  readonly addressFor: (who: string) => Promise<string>
  /** Address for those who look, once all faults are over. */
  readonly plainAddress: string
  /** The one of a process, where each has its own. */
  readonly proxyOf: (who: string) => FaultProxy | undefined
  /** Everything between processes and nodes. */
  readonly proxies: () => readonly FaultProxy[]
  readonly stop: () => Promise<void>
}
