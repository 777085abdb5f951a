// A master, a replica and three sentinels, with a proxy before each of the two. Producers wait for the replica, without
// which a failover may lose what was acknowledged.

import { startSentinels } from '@retention-relay/testkit'
import type { Sentinels } from '@retention-relay/testkit'

import { NODE_SETTINGS, PASSWORD, USER } from './redis-stand.ts'
import type { RedisStand } from './redis-stand.ts'

/** On a busy machine half a second of silence is no fault that was planned. */
const DOWN_AFTER_MS = 1200

/** Starts them. */
export async function sentinelRedis(): Promise<RedisStand> {
  const sentinels = await startSentinels({
    proxied: true,
    args: NODE_SETTINGS,
    downAfterMs: DOWN_AFTER_MS,
  })
  const address = addressOf(sentinels)
  return {
    place: { kind: 'sentinel', sentinels },
    nodes: [sentinels.master, sentinels.replica],
    standIns: [[sentinels.master, sentinels.replica]],
    replicas: 1,
    addressFor: () => Promise.resolve(address),
    plainAddress: address,
    proxyOf: () => undefined,
    proxies: () => sentinels.proxies,
    stop: () => sentinels.stop(),
  }
}

function addressOf({ name, addresses }: Sentinels): string {
  const hosts = addresses.map(({ host, port }) => `${host}:${port}`).join(',')
  return `redis+sentinel://${USER}:${PASSWORD}@${hosts}/${name}`
}
