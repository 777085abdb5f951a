// Where things lie in this repository, seen from `src` and from `dist` alike (both are one level below the package).
import { fileURLToPath } from 'node:url'

const root = new URL('../../../', import.meta.url)

/** Folder of the Redis that was downloaded for this working copy; shared by `npm start` and all tests. */
export const cacheDir: string = fileURLToPath(new URL('.relay/cache', root))

/** The settings file that infra ships: tests run on the same promises as production. */
export const redisConf: string = fileURLToPath(new URL('infra/redis/redis.conf', root))

/** The page of all keys. */
export const keysDocument: string = fileURLToPath(new URL('docs/keys.md', root))
