// The Redis of a command: the one that was named, or the project's own, which is joined where it runs and started for
// the length of the command where it does not.

import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

import { openLocalRedis } from '@retention-relay/local-redis'

import type { Settings } from './settings.ts'
import type { Surroundings } from './surroundings.ts'

/** A Redis for a while. */
export interface RedisPlace {
  readonly url: string
  /** Lets go of it; stops the project's own Redis when nobody else uses it. */
  readonly leave: () => Promise<void>
}

/** Seen from `src` and from `dist` alike: both are one level below apps/cli. */
const repository = new URL('../../../', import.meta.url)

/** @throws RedisNotFoundError, RedisStartError. */
export async function findRedis(
  { redisUrl }: Settings,
  { env, err }: Surroundings,
): Promise<RedisPlace> {
  if (redisUrl !== undefined) return { url: redisUrl, leave: async () => undefined }
  const say = (line: string): void => err.write(`${line}\n`)
  const local = await openLocalRedis({
    dataDir: resolve(env['RELAY_DATA_DIR'] || fileURLToPath(new URL('.relay', repository))),
    cacheDir: fileURLToPath(new URL('.relay/cache', repository)),
    configFile: fileURLToPath(new URL('infra/redis/redis.conf', repository)),
    log: say,
  })
  if (!local.joined) say("the project's own Redis was not running: started for this command")
  return {
    url: local.url,
    leave: async () => {
      await local.stop()
    },
  }
}
