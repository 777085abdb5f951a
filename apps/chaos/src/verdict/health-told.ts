// Whether the health signals told the truth. In an outage of Redis that was long enough to be noticed, no worker may have
// called itself ready all the time. In one of the destination some worker must have told, since only those that had
// something to send can know; while Redis is away as well, nobody has.

import type { Outage } from '../stage/run-file.ts'
import type { HealthWatch } from '../stage/health-watch.ts'

/**
 * Outages below this may pass unnoticed. A silent Redis shows by a command without an answer for 5 s, a destination by
 * three requests that failed, with pauses between.
 */
const NOTICED_MS: Record<Outage['what'], number> = {
  redis_away: 1500,
  redis_silent: 6500,
  destination: 3500,
}

/** A signal may be seen so much later than its cause. */
const LATE_MS = 1000

/** What a watch saw of one process. */
export type Watched = Pick<HealthWatch, 'changes' | 'isSeenIn'>

/** Outages that were not told of. */
export function untoldOutages(watches: readonly Watched[], outages: readonly Outage[]): string[] {
  return outages
    .filter(({ what, from, until }) => until - from >= NOTICED_MS[what])
    .filter((outage) => !isTold(outage, watches, outages))
    .map(({ what, from, until }) => `an outage of ${until - from} ms was not told of: ${what}`)
}

function isTold(outage: Outage, watches: readonly Watched[], outages: readonly Outage[]): boolean {
  const running = watches.filter((watch) => watch.isSeenIn(outage))
  const deceived = running.filter((watch) => wasReadyThroughout(watch, outage))
  if (outage.what !== 'destination') return deceived.length === 0
  const isRedisAway = outages.some(({ what, from, until }) => {
    return what !== 'destination' && from <= outage.until && until >= outage.from
  })
  return isRedisAway || running.length === 0 || deceived.length < running.length
}

function wasReadyThroughout({ changes }: Watched, { from, until }: Outage): boolean {
  const before = changes.findLast(({ at }) => at <= from)
  const during = changes.filter(({ at }) => at > from && at <= until + LATE_MS)
  return before?.state === 'ready' && during.every(({ state }) => state === 'ready')
}
