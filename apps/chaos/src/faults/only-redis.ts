// The single Redis of a run, and what it means that it is of no use for a time.

import type { TestRedis } from '@retention-relay/testkit'

import type { Outage } from '../stage/run-file.ts'
import type { Stage } from '../stage/stage.ts'

/** Does something to it, and keeps that it was of no use meanwhile. */
export async function duringOutage(
  stage: Stage,
  outage: { what: Outage['what']; told: string },
  during: (redis: TestRedis) => Promise<void>,
): Promise<void> {
  stage.timeline.note('redis', outage.told)
  await stage.runFile.outage(outage.what, () => during(onlyNode(stage)))
  stage.timeline.note('redis', 'serves again')
}

/** The one that there is. */
export function onlyNode({ redis }: Stage): TestRedis {
  return redis.nodes[0]!
}

/** Its port on loopback. */
export function portOf({ port }: TestRedis): number {
  return port ?? 0
}
