// An event that a consumer holds, and the job that it came with.

import type { RelayEvent } from '@retention-relay/events'
import { dedupeMember } from '@retention-relay/events'

import type { ClaimedJob } from './ports.ts'

/** A claimed job and what of it is still open. */
export interface HeldJob {
  readonly id: string
  /** Number of positions. */
  readonly count: number
  readonly committedAt: number
  /** Bytes of its data, which count against the worker's budget while it is held. */
  readonly bytes: number
  /** Positions without a written settle. 0: the job has left `active`. */
  open: number
}

/** One event of a held job. */
export interface PendingEvent {
  readonly event: RelayEvent
  /** Its id in the dedupe store. */
  readonly member: string
  readonly job: HeldJob
  readonly position: number
  /** Requests that carried it. */
  attempts: number
  /** True when one of them had an unknown outcome. */
  maybeDelivered: boolean
  /** Accepted requests of the endpoint when it was first refused; undefined before. */
  refusedWhenAccepted?: number
}

/** Makes the held job of a claimed one. `count` is the number of its positions. */
export function holdJob(job: ClaimedJob, count: number): HeldJob {
  const settled = job.settled.replaceAll('-', '').length
  return {
    id: job.id,
    count,
    committedAt: job.committedAt,
    bytes: job.data.length,
    open: count - settled,
  }
}

/** Makes a pending event. */
export function pendEvent(event: RelayEvent, job: HeldJob, position: number): PendingEvent {
  return {
    event,
    member: dedupeMember(event.id),
    job,
    position,
    attempts: 0,
    maybeDelivered: false,
  }
}
