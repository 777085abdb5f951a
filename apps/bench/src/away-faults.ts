// What must not be after Redis was away, each as a sentence; none when all is well. An event that was acknowledged is there
// once. A call whose fate was unknown may have left a copy of its own: it has the same id, and a worker sends one of both.

import type { LoadFacts } from './away-load.ts'

/** Copies of events in Redis, by what they are. */
export interface AwayCount {
  readonly acknowledged: number
  readonly found: number
  /** Acknowledged, and not there. */
  readonly lost: number
  /** There more often than the calls of unknown fate explain. */
  readonly doubled: number
  /** There once more for a call of unknown fate. */
  readonly repeatedAfterUnknown: number
  /** There, and acknowledged to nobody. */
  readonly unacknowledged: number
}

/** `copies`: how often each id is there. */
export function countEvents(
  facts: Pick<LoadFacts, 'acknowledgedIds' | 'unknownIds'>,
  copies: ReadonlyMap<string, number>,
): AwayCount {
  const acknowledged = new Set(facts.acknowledgedIds)
  const allowed = new Map<string, number>()
  for (const id of facts.unknownIds) allowed.set(id, (allowed.get(id) ?? 1) + 1)
  const stored = [...copies]
  const isDoubled = ([id, count]: [string, number]): boolean => count > (allowed.get(id) ?? 1)
  return {
    acknowledged: acknowledged.size,
    found: copies.size,
    lost: [...acknowledged].filter((id) => !copies.has(id)).length,
    doubled: stored.filter(isDoubled).length,
    repeatedAfterUnknown: stored.filter((entry) => entry[1] > 1 && !isDoubled(entry)).length,
    unacknowledged: stored.filter(([id]) => !acknowledged.has(id)).length,
  }
}

/** Memory in MB: how much more the producer holds at the end of the time without Redis, and how much it may. */
export interface AwayGrowth {
  readonly grownMb: number
  readonly boundMb: number
}

/** One sentence for each fault. */
export function awayFaults(count: AwayCount, { grownMb, boundMb }: AwayGrowth): string[] {
  const faults = []
  if (count.lost > 0) faults.push(`${count.lost} acknowledged events are not in Redis.`)
  if (count.doubled > 0) faults.push(`${count.doubled} events are in Redis more than once.`)
  if (count.unacknowledged > 0) {
    faults.push(`${count.unacknowledged} events are in Redis and were acknowledged to nobody.`)
  }
  if (grownMb > boundMb) {
    faults.push(
      `The producer holds ${grownMb} MB more; what may wait for Redis takes ${boundMb} MB.`,
    )
  }
  return faults
}
