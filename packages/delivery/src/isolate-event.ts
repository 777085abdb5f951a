// Which event makes a batch fail again and again while the endpoint is healthy. An event dies of it only when its failures
// cannot be the endpoint's own: the worse the endpoint, the more of them it takes (decision 0008).

import type { Batch } from './batch.ts'
import type { PendingEvent, SendHistory, Suspect } from './pending-event.ts'

/** Requests in a row with nothing but a suspect event: an endpoint that fails every second one takes the other. */
const SUSPECT_TRIES = 2
/** Fewest failures alone that an event dies of. */
export const MAX_ATTEMPTS = 10
/** Longest time that a suspect event is put aside, in milliseconds: its customer waits meanwhile. */
export const SUSPECT_CAP_MS = 20_000
/** Most probable that an event dies which is as good as the others: one in a thousand million. */
const WRONG_DEATH = 1e-9

/** What requests have shown of the endpoint since the start. */
export interface Evidence {
  /** Requests that it accepted. */
  readonly accepted: number
  /** Requests that failed. */
  readonly failed: number
}

/** Failures in a row of one batch, and what was accepted before the first of them. */
export interface FailedInARow {
  readonly failures: number
  readonly acceptedBefore: number
}

/** Failures in a row before an event of this batch is looked for; `tries` where none is suspect yet. */
export function triesOf(batch: Batch, tries: number): number {
  const isSuspect = batch.length === 1 && batch[0]!.pending.history.suspect !== undefined
  return isSuspect ? SUSPECT_TRIES : tries
}

/** A suspect event goes alone while the endpoint is known to be healthy; in an outage it goes with the others. */
export function goesAlone({ history: { suspect } }: PendingEvent, { accepted }: Evidence): boolean {
  return suspect !== undefined && accepted > suspect.acceptedBefore
}

/**
 * The part of a batch that goes first to see whether the endpoint is healthy: one half, then the other, since the event
 * that fails may be in either. The second has no customer of the first, so that nobody is overtaken.
 */
export function canaryOf(batch: Batch, failures: number): Batch {
  const middle = Math.ceil(batch.length / 2)
  const first = batch.slice(0, middle)
  if (failures % 2 === 1) return first
  const customers = new Set(first.map(({ pending }) => pending.event.customerId))
  const second = batch
    .slice(middle)
    .filter(({ pending }) => !customers.has(pending.event.customerId))
  return second.length > 0 ? second : first
}

/** The event has failed alone. Its failures count where the endpoint accepted others meanwhile. */
export function suspectAgain(history: SendHistory, row: FailedInARow, seen: Evidence): Suspect {
  const known = history.suspect
  const isHealthy = seen.accepted > (known?.acceptedBefore ?? row.acceptedBefore)
  const counted = isHealthy ? Math.min(row.failures, SUSPECT_TRIES) : 0
  const suspect: Suspect = {
    failures: (known?.failures ?? 0) + counted,
    acceptedBefore: seen.accepted,
    ownFailures: (known?.ownFailures ?? 0) + (known === undefined ? 0 : row.failures),
    since: known?.since ?? { accepted: seen.accepted, failed: seen.failed },
  }
  history.suspect = suspect
  return suspect
}

/**
 * Whether so many failures cannot be the endpoint's, going by the part of other requests that failed meanwhile. The
 * failures of other suspect events count too: where many fail alone it is an outage of a part of the endpoint.
 */
export function isExhausted({ failures, ownFailures, since }: Suspect, seen: Evidence): boolean {
  const failed = seen.failed - since.failed - ownFailures
  const requests = failed + seen.accepted - since.accepted
  const failedPart = (failed + 1) / (requests + 2)
  return failures >= MAX_ATTEMPTS && failedPart ** failures < WRONG_DEATH
}
