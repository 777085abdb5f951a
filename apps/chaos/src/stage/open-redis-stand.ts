// The Redis that a schedule asks for.

import type { Topology } from '../schedule/schedule.ts'
import { clusterRedis } from './cluster-redis.ts'
import type { RedisStand } from './redis-stand.ts'
import { sentinelRedis } from './sentinel-redis.ts'
import { standaloneRedis } from './standalone-redis.ts'

/** Starts it. */
export async function openRedisStand(topology: Topology): Promise<RedisStand> {
  switch (topology.kind) {
    case 'standalone':
      return await standaloneRedis()
    case 'sentinel':
      return await sentinelRedis()
    case 'cluster':
      return await clusterRedis(topology.masters)
  }
}
