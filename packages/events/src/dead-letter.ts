// The record of a dead letter: one event that will not be delivered without a person's decision, with all that the person
// needs to decide. The consumer makes it, settle stores it, `relay dead` reads it.

import type { RelayEvent } from './event.ts'
import type { DeadReason } from './outcome.ts'

/** One death of an event. */
export interface DeadLetterRecord {
  /** The event's id; for a position that could not be read, `<job id>.<position>`. */
  readonly id: string
  readonly reason: DeadReason
  /** The event's name or kind, empty where it could not be read. */
  readonly label: string
  readonly customerId?: string
  /** The event as it was in the job, or brought forward to the tracking plan's version; absent where it could not be read. */
  readonly event?: RelayEvent
  /** The text that could not be read. */
  readonly raw?: string
  /** HTTP status of the refusal. */
  readonly status?: number
  /** What the destination, or the relay, said was wrong. */
  readonly message?: string
  readonly field?: string
  /** Requests that carried the event. */
  readonly attempts: number
  /** True when one of them had an unknown outcome, so the event may have been delivered. */
  readonly maybeDelivered: boolean
  /** When it was committed, in milliseconds since 1970. */
  readonly committedAt: number
  /** When it died, in milliseconds since 1970. */
  readonly diedAt: number
  readonly partition: number
  /** Id of the worker that settled it. */
  readonly worker: string
}
