// What a caller is told when its event was not acknowledged: certainly not stored, or nobody knows.

import type { AddOutcome } from './add-outcome.ts'
import { EnqueueError } from './enqueue-error.ts'
import type { EventReference } from './enqueue-error.ts'

/** Certainly not stored. */
export function refused(event: EventReference, reason: string, cause?: Error): EnqueueError {
  const message = `The event is not stored: ${reason}.`
  return new EnqueueError('RELAY_ENQUEUE_REFUSED', message, { event, cause })
}

/** Stored or not. */
export function unknown(event: EventReference, reason: string, cause?: Error): EnqueueError {
  const message = `The event may or may not be stored: ${reason}. Trying again with its id is safe.`
  return new EnqueueError('RELAY_ENQUEUE_UNKNOWN', message, { event, cause })
}

/** Stored on the master, and perhaps lost with it. */
export function unreplicated(event: EventReference, confirmed: number): EnqueueError {
  return unknown(event, `the master has it, but only ${confirmed} replicas confirmed it`)
}

/** Redis answered with an error. */
export function answered(
  event: EventReference,
  outcome: AddOutcome & { cause: Error },
): EnqueueError {
  const reason = `Redis answered "${outcome.cause.message}"`
  return outcome.kind === 'refused'
    ? refused(event, reason, outcome.cause)
    : unknown(event, reason, outcome.cause)
}
