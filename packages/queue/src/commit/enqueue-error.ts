// Why an event was not acknowledged. The error carries what a caller needs to try again: the event's id and its
// occurredAt, since a second try with the same id is delivered once, whatever became of the first.

import { RelayError } from '@retention-relay/events'
import type { ErrorCode, RelayErrorOptions } from '@retention-relay/events'

/** Codes of the enqueue stage. */
export type EnqueueErrorCode = Extract<ErrorCode, `RELAY_ENQUEUE_${string}`>

/** Which event. */
export interface EventReference {
  readonly id: string
  /** Milliseconds since 1970. */
  readonly occurredAt: number
}

/** An event was not acknowledged; `retryable` says whether the same call may succeed later. */
export class EnqueueError extends RelayError {
  override readonly name: string = 'EnqueueError'
  /** Give it as `id` when trying again. */
  readonly eventId: string
  /** Give it as `occurredAt` when trying again. */
  readonly occurredAt: Date

  constructor(
    code: EnqueueErrorCode,
    message: string,
    options: RelayErrorOptions & { readonly event: EventReference },
  ) {
    const { id, occurredAt } = options.event
    super(code, message, { ...options, details: { ...options.details, eventId: id, occurredAt } })
    this.eventId = id
    this.occurredAt = new Date(occurredAt)
  }
}
