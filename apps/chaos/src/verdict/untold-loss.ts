// A Redis that lost its disk must not be passed over by a worker that knew what was on it: it logs `redis.emptied`. One that
// was killed or crashed may not have come to it.

import type { ProcessExit } from '@retention-relay/testkit'

/** `witnesses`: ends of the processes that knew. `lines`: what all workers wrote. */
export function untoldLoss(
  witnesses: readonly ProcessExit[],
  lines: readonly string[],
): readonly string[] {
  const couldTell = witnesses.some(({ code }) => code === 0)
  if (!couldTell || lines.some((line) => line.includes('"redis.emptied"'))) return []
  return ['Redis lost its disk, and no worker said so']
}
