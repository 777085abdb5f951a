// A Redis ends when a fault ends it. One that ends by itself is a finding, unless a fault has brought that about.

import type { TestRedis } from '@retention-relay/testkit'

type RedisEnd = TestRedis['ownEnds'][number]

/** Ends that nobody meant, in words. `meant`: those that a fault brought about. */
export function unexpectedEnds(
  nodes: readonly Pick<TestRedis, 'ownEnds'>[],
  meant: ReadonlySet<RedisEnd>,
): string[] {
  return nodes.flatMap(({ ownEnds }, index) =>
    ownEnds
      .filter((end) => !meant.has(end))
      .map(
        ({ code, signal }) => `redis-${index + 1} ended by itself with ${signal ?? `code ${code}`}`,
      ),
  )
}
