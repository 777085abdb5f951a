// An event that a consumer holds, and the job that it came with.

import type { RelayEvent } from '@retention-relay/events'
import { dedupeMember } from '@retention-relay/events'

import type { Totals } from './isolate-event.ts'
import type { ClaimedJob } from './ports.ts'

/** A claimed job and what of it is still open. */
export interface HeldJob {
  readonly id: string
  /** Number of positions. */
  readonly count: number
  readonly committedAt: number
  /** What it takes of the worker's budget while it is held, in bytes: its data, and its events once they are decoded. */
  bytes: number
  /** True when an earlier owner may have sent it. */
  readonly maybeDelivered: boolean
  /** Positions without a written settle. 0: the job has left `active`. */
  open: number
}

/** What requests have shown of an event so far. */
export interface SendHistory {
  /** Requests that carried it. */
  attempts: number
  /** True when one of them had an unknown outcome. */
  maybeDelivered: boolean
  /** Set once it alone has failed again and again, or was refused in words that are not the destination's own. */
  suspect?: Suspect
}

/** An event that may be what makes its requests fail. */
export interface Suspect {
  /** Requests with nothing but it that failed, or were refused, while others were accepted. */
  readonly failures: number
  /** All requests with nothing but it that failed, or were refused, since it became suspect. Counted by who sends it. */
  ownFailures: number
  /** Of these, when it was last judged. */
  readonly judgedFailures: number
  /** Accepted requests of the endpoint when it last failed. */
  readonly acceptedBefore: number
  /** What was known of the endpoint when it became suspect. */
  readonly since: Totals
}

/** One event of a held job. */
export interface PendingEvent {
  readonly event: RelayEvent
  /** Its id in the dedupe store. */
  readonly member: string
  readonly job: HeldJob
  readonly position: number
  readonly history: SendHistory
  /** What does not match its definition, which wants it delivered all the same; absent where it matches. */
  tolerated?: string
}

/** As objects events take about this many times their bytes. */
const DECODED_FACTOR = 4

/** The job's events are decoded. Returns how many bytes more it takes. */
export function growDecoded(job: HeldJob): number {
  const before = job.bytes
  job.bytes = before * DECODED_FACTOR
  return job.bytes - before
}

/** Makes the held job of a claimed one. `count` is the number of its positions. */
export function holdJob(job: ClaimedJob, count: number): HeldJob {
  const settled = job.settled.replaceAll('-', '').length
  return {
    id: job.id,
    count,
    committedAt: job.committedAt,
    bytes: job.data.length,
    maybeDelivered: job.maybeDelivered,
    open: count - settled,
  }
}

/** Gives what is known of the event with this dedupe member; `maybeDelivered` is what its job says. */
export type HistoryOf = (member: string, maybeDelivered: boolean) => SendHistory

/** Makes a pending event. */
export function pendEvent(
  event: RelayEvent,
  job: HeldJob,
  position: number,
  historyOf: HistoryOf,
): PendingEvent {
  const member = dedupeMember(event.id)
  return { event, member, job, position, history: historyOf(member, job.maybeDelivered) }
}
