// Opens the project's Redis in the given folder and says how; closes it when a line comes, and says how that went.
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

import { openLocalRedis } from '../dist/index.js'

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url))
const redis = await openLocalRedis({
  dataDir: process.argv[2],
  cacheDir: path('../../../.relay/cache'),
  configFile: path('../../../infra/redis/redis.conf'),
})
console.log(JSON.stringify(redis))
await once(process.stdin, 'data')
console.log(JSON.stringify(await redis.stop()))
process.stdin.destroy()
