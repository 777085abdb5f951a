// Counts the ids in the dedupe store, all partitions and generations together.

import type { RedisClient } from '@retention-relay/queue'
import { masters } from '@retention-relay/queue'

const BUCKET = /\}:dedupe:\d+:\d+$/

/** Number of ids. */
export async function countDedupeIds(client: RedisClient): Promise<number> {
  const counts = await Promise.all(
    masters(client).map(async (node) => {
      const buckets = (await node.keys('*:dedupe:*')).filter((key) => BUCKET.test(key))
      return await Promise.all(buckets.map((bucket) => node.scard(bucket)))
    }),
  )
  return counts.flat().reduce((sum, count) => sum + count, 0)
}
