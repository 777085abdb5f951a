// Whether the health signals told the truth. In an outage of Redis that was long enough to be noticed, no worker may have
// called itself ready all the time: it is gone, silent, or refuses writes. In one of the destination some worker must have told, since only those that had
// something to send can know: it is judged where a request failed early enough, and not while Redis is away as well.

import type { ReceiptRecord } from '@retention-relay/testkit'

import type { Outage } from '../stage/run-file.ts'
import type { HealthWatch } from '../stage/health-watch.ts'

/**
 * Outages below this may pass unnoticed. A silent Redis shows by a command without an answer for 5 s, a destination by
 * three requests that failed, with pauses between; refused writes by the sign of life that is written every half second. What
 * is held back on one link is an excuse, and no outage of its own.
 */
const NOTICED_MS: Record<Outage['what'], number> = {
  redis_away: 1500,
  redis_silent: 6500,
  redis_refuses: 2000,
  link_held: Infinity,
  destination: 3500,
}

const REDIS: readonly Outage['what'][] = ['redis_away', 'redis_silent', 'redis_refuses']

/** A signal may be seen so much later than its cause. */
const LATE_MS = 1000

/** What a watch saw of one process. */
export type Watched = Pick<HealthWatch, 'changes' | 'isSeenIn'>

/** What was seen of a run. */
export interface Seen {
  readonly watches: readonly Watched[]
  readonly outages: readonly Outage[]
  /** When requests ended without success. */
  readonly failedAt: readonly number[]
}

/** When requests ended without success. */
export function failedRequests(receipts: readonly ReceiptRecord[]): number[] {
  return receipts.flatMap((receipt) =>
    receipt.kind === 'ended' && !receipt.ending.startsWith('2') ? [receipt.at] : [],
  )
}

/** Outages that were not told of. */
export function untoldOutages(seen: Seen): string[] {
  return seen.outages
    .filter(({ what, from, until }) => until - from >= NOTICED_MS[what])
    .filter((outage) => !isTold(outage, seen))
    .map(({ what, from, until }) => `an outage of ${until - from} ms was not told of: ${what}`)
}

function isTold(outage: Outage, seen: Seen): boolean {
  const running = seen.watches.filter((watch) => watch.isSeenIn(outage))
  const deceived = running.filter((watch) => wasReadyThroughout(watch, outage))
  if (outage.what === 'redis_refuses' && overlaps(outage, seen, ['link_held'])) return true
  if (outage.what !== 'destination') return deceived.length === 0
  const isKnowable = running.length > 0 && isMet(outage, seen) && !overlaps(outage, seen, REDIS)
  return !isKnowable || deceived.length < running.length
}

/** Whether somebody had something to send while there was still time to notice. */
function isMet({ what, from, until }: Outage, { failedAt }: Seen): boolean {
  return failedAt.some((at) => at >= from && at <= until - NOTICED_MS[what])
}

function overlaps(outage: Outage, { outages }: Seen, kinds: readonly Outage['what'][]): boolean {
  return outages.some(({ what, from, until }) => {
    return kinds.includes(what) && from <= outage.until && until >= outage.from
  })
}

function wasReadyThroughout({ changes }: Watched, { from, until }: Outage): boolean {
  const before = changes.findLast(({ at }) => at <= from)
  const during = changes.filter(({ at }) => at > from && at <= until + LATE_MS)
  return before?.state === 'ready' && during.every(({ state }) => state === 'ready')
}
