// A dead letter without the event's content: what a list shows.

import type { DeadReason } from '@retention-relay/events'
import type { StoredDeadLetter } from '@retention-relay/queue'

/** One line of a list. */
export interface DeadLetterSummary {
  readonly id: string
  readonly reason: DeadReason
  /** The event's name or kind; empty where it could not be read. */
  readonly label: string
  readonly customerId?: string
  /** HTTP status of the refusal. */
  readonly status?: number
  readonly field?: string
  readonly message?: string
  /** Requests that carried the event. */
  readonly attempts: number
  readonly maybeDelivered: boolean
  /** In milliseconds since 1970. */
  readonly committedAt: number
  /** In milliseconds since 1970. */
  readonly diedAt: number
  readonly partition: number
  /** How often it died. */
  readonly deaths: number
}

/** Leaves the content out: it may hold personal data, and a list is pasted into a chat sooner than a record. */
export function summarize({ record, deaths }: StoredDeadLetter): DeadLetterSummary {
  const { event: _event, raw: _raw, worker: _worker, ...rest } = record
  return { ...rest, deaths }
}
