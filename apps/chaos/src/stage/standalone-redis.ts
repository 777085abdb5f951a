// One Redis with the settings that infra ships, and a proxy of its own for each process.

import { startFaultProxy, startTestRedis } from '@retention-relay/testkit'
import type { FaultProxy } from '@retention-relay/testkit'

import { NODE_SETTINGS, PASSWORD, USER } from './redis-stand.ts'
import type { RedisStand } from './redis-stand.ts'

/** Starts it. */
export async function standaloneRedis(): Promise<RedisStand> {
  const redis = await startTestRedis({
    port: true,
    args: NODE_SETTINGS,
    fileLimitIsError: true,
  })
  const proxies = new Map<string, FaultProxy>()
  const open = async (who: string): Promise<FaultProxy> => {
    const proxy = proxies.get(who) ?? (await startFaultProxy({ target: redis }))
    proxies.set(who, proxy)
    return proxy
  }
  return {
    place: { kind: 'standalone', redis },
    nodes: [redis],
    standIns: [],
    replicas: 0,
    addressFor: async (who) => {
      const { port } = await open(who)
      return `redis://${USER}:${PASSWORD}@127.0.0.1:${port}`
    },
    plainAddress: redis.url,
    proxyOf: (who) => proxies.get(who),
    // By name, so that a number means the same process each time.
    proxies: () => [...proxies.keys()].toSorted().map((who) => proxies.get(who)!),
    stop: async () => {
      await Promise.all([...proxies.values()].map((proxy) => proxy.stop()))
      await redis.stop()
    },
  }
}
