// The other direction of the health signals: a worker that nothing disturbs is ready. Judged in runs in which nothing hits the
// workers or their Redis. There nothing but Customer.io can make a worker unready, and that shows while it fails or shortly
// after; a worker without an answer may have no time on a busy machine. The start and the end of a process do not count.

import type { Outage } from '../stage/run-file.ts'
import type { HealthChange } from '../stage/health-watch.ts'
import type { Watched } from './health-told.ts'

/** Shorter ones may be those of a busy machine. */
const LONG_MS = 3000

/** The last request of an outage may still be waited for. */
const AFTER_MS = 10_000

/** Workers that called themselves not ready, for long and for no reason. */
export function needlesslyUnready(
  watches: readonly Watched[],
  outages: readonly Outage[],
): string[] {
  const isExcused = (at: number): boolean =>
    outages.some(({ from, until }) => from <= at && at <= until + AFTER_MS)
  return watches
    .flatMap(({ changes }) => unreadyPeriods(changes))
    .filter(({ from, until }) => until - from >= LONG_MS && !isExcused(from))
    .map(
      ({ from, until }) => `a worker was not ready for ${until - from} ms, and nothing was wrong`,
    )
}

/** Between two times at which it was ready. */
function unreadyPeriods(changes: readonly HealthChange[]): { from: number; until: number }[] {
  return changes.flatMap(({ state, at: from }, index) => {
    const [before, after] = [changes[index - 1], changes[index + 1]]
    const isBetween = before?.state === 'ready' && after?.state === 'ready'
    return state === 'not_ready' && isBetween ? [{ from, until: after.at }] : []
  })
}
