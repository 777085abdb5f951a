// Which event makes a batch fail again and again while the endpoint is healthy. An event dies of it only when its failures
// cannot be the endpoint's own: the worse the endpoint, the more of them it takes (decision 0008).

import type { Batch } from './batch.ts'
import type { PendingEvent, SendHistory, Suspect } from './pending-event.ts'

/** Requests in a row with nothing but a suspect event: an endpoint that fails every second one takes the other. */
const SUSPECT_TRIES = 2
/** Fewest failures alone that an event dies of. */
export const MAX_ATTEMPTS = 10
/** Most probable that a batch is taken apart for the endpoint's own failures. */
const WRONG_SUSPICION = 0.05
/** The same of refusals: what says no says more than what fails. */
const LEAST_REFUSALS = 3
const WRONG_REFUSAL = 1e-6
/** Longest time that a suspect event is put aside, in milliseconds: its customer waits meanwhile. */
export const SUSPECT_CAP_MS = 20_000
/** Most probable that an event dies which is as good as the others: one in a thousand million. */
const WRONG_DEATH = 1e-9

/** Multiples of it, without their whole part, lie evenly and never repeat. */
const GOLDEN_PART = 0.618_033_988_75

/** What requests have shown of the endpoint since the start. */
export interface Totals {
  /** Requests that it accepted. */
  readonly accepted: number
  /** Requests that failed. */
  readonly failed: number
}

/** The same, and how it is at present. */
export interface Evidence extends Totals {
  /** Part of the last requests that failed, 0..1, but for so many of the caller's own. */
  readonly recentlyFailed: (ownFailures: number) => number
}

/** Failures in a row of one batch, and what was accepted before the first of them. */
export interface FailedInARow {
  /** Of those that an event may have caused: a rate that is limited, say, is nobody's fault. */
  readonly failures: number
  /** Of these, beyond those after which an event is looked for. */
  readonly over: number
  /** The requests since the whole batch was begun. */
  readonly ofBatch: BatchRecord
  readonly acceptedBefore: number
}

/** What became of the requests of one batch. */
export interface BatchRecord {
  /** Requests that failed, of the whole batch and of its parts. */
  readonly failed: number
  /** Of its parts alone. */
  readonly partsFailed: number
  readonly partsAccepted: number
}

/** Failures in a row before an event of this batch is looked for; `tries` where none is suspect yet. */
export function triesOf(batch: Batch, tries: number): number {
  return isSuspectAlone(batch) ? SUSPECT_TRIES : tries
}

/** Whether the batch is nothing but a suspect event. */
export function isSuspectAlone(batch: Batch): boolean {
  return batch.length === 1 && batch[0]!.pending.history.suspect !== undefined
}

/**
 * A suspect event goes alone. One that became suspect while nothing was accepted, so in an outage, goes with the others: at
 * its end there may be thousands. It goes alone once it has failed alone while others were accepted.
 */
export function goesAlone({ history: { suspect } }: PendingEvent): boolean {
  return suspect !== undefined && suspect.failures > 0
}

/**
 * The part of a batch that goes first to see whether the endpoint is healthy: a half, then a quarter, down to one event,
 * each from another place, since many events may be bad and anywhere. No customer is in it who has an earlier event in
 * front of it, so that nobody is overtaken. `number` counts the canaries of a batch from 1.
 */
export function canaryOf(batch: Batch, number: number): Batch {
  const size = Math.max(1, Math.ceil(batch.length / 2 ** number))
  const start = Math.floor(((number * GOLDEN_PART) % 1) * (batch.length - size + 1))
  const inFront = new Set(batch.slice(0, start).map(({ pending }) => pending.event.customerId))
  const canary = batch
    .slice(start, start + size)
    .filter(({ pending }) => !inFront.has(pending.event.customerId))
  return canary.length > 0 ? canary : batch.slice(0, size)
}

/** The event has failed alone. Its failures count where the endpoint accepted others meanwhile. */
export function suspectAgain(
  history: SendHistory,
  row: Pick<FailedInARow, 'failures' | 'acceptedBefore'>,
  seen: Totals,
): Suspect {
  const known = history.suspect
  const ownFailures = known?.ownFailures ?? 0
  const isHealthy = seen.accepted > (known?.acceptedBefore ?? row.acceptedBefore)
  const fresh = known === undefined ? row.failures : ownFailures - known.judgedFailures
  const counted = isHealthy ? Math.min(row.failures, fresh, SUSPECT_TRIES) : 0
  const suspect: Suspect = {
    failures: (known?.failures ?? 0) + counted,
    acceptedBefore: seen.accepted,
    ownFailures,
    judgedFailures: ownFailures,
    since: known?.since ?? { accepted: seen.accepted, failed: seen.failed },
  }
  history.suspect = suspect
  return suspect
}

/**
 * Whether an event of a batch is rather to blame than the endpoint: where the endpoint fails most of its requests a row of
 * failures says little, and a batch in halves would need twice as many.
 */
export function isSuspicious({ failures, ofBatch }: FailedInARow, seen: Evidence): boolean {
  const { failed, partsFailed, partsAccepted } = ofBatch
  const partsFailedPart = (partsFailed + 1) / (partsFailed + partsAccepted + 2)
  const failedPart = Math.min(seen.recentlyFailed(failed), partsFailedPart)
  return failedPart ** failures < WRONG_SUSPICION
}

/** Whether an event that fails alone, again and again, must be what fails. */
export function isExhausted(suspect: Suspect, seen: Totals): boolean {
  return isProven(suspect, seen, { least: MAX_ATTEMPTS, chance: WRONG_DEATH })
}

/** Whether refusals that are not in the destination's own words must be about the event. */
export function isRefusedForGood(suspect: Suspect, seen: Totals): boolean {
  return isProven(suspect, seen, { least: LEAST_REFUSALS, chance: WRONG_REFUSAL })
}

/**
 * Whether so many failures cannot be the endpoint's, going by the part of other requests that failed meanwhile. The
 * failures of other suspect events count too: where many fail alone it is an outage of a part of the endpoint.
 */
function isProven(
  { failures, ownFailures, since }: Suspect,
  seen: Totals,
  { least, chance }: { readonly least: number; readonly chance: number },
): boolean {
  const failed = seen.failed - since.failed - ownFailures
  const requests = failed + seen.accepted - since.accepted
  const failedPart = (failed + 1) / (requests + 2)
  return failures >= least && failedPart ** failures < chance
}
