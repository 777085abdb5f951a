// What became of one attempt to add a job. The only question that matters to the caller of `track` is whether the
// event may be stored, so errors are sorted by that: certainly not, or nobody knows.

import { bareError } from '../connection/bare-error.ts'
import { lastAnswer } from '../connection/last-answer.ts'

/** What became of one attempt. */
export type AddOutcome =
  /** Redis has stored the job, now or in an earlier attempt. */
  | { readonly kind: 'stored' }
  /** Stored, but fewer replicas than asked for have it. */
  | { readonly kind: 'unreplicated'; readonly confirmed: number }
  /** No byte of it was handed to a socket. */
  | { readonly kind: 'not_written' }
  /** Redis answered that it did not store it. */
  | { readonly kind: 'refused'; readonly cause: Error }
  /** Redis answered with an error that does not tell. */
  | { readonly kind: 'failed'; readonly cause: Error }
  /** Written, and no answer came: stored or not, now or later. */
  | { readonly kind: 'lost'; readonly cause: Error }

/**
 * Answers after which nothing is stored. Redis checks each of them before the first write of a script, never
 * between two writes.
 */
const NOT_STORED =
  /^(?:OOM|READONLY|MISCONF|NOAUTH|LOADING|BUSY|NOREPLICAS|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|MOVED|ASK|NOPERM)\b/

/** ioredis refuses a command for which it has no writable connection with this sentence, before writing it. */
const NOT_WRITTEN = /enableOfflineQueue options is false$/

/** Sorts an error of `queue.add`. */
export function failedAdd(reason: unknown): AddOutcome {
  const cause = bareError(reason)
  if (NOT_WRITTEN.test(cause.message)) return { kind: 'not_written' }
  const answer = lastAnswer(cause)
  if (answer === undefined) return { kind: 'lost', cause }
  return NOT_STORED.test(answer) ? { kind: 'refused', cause } : { kind: 'failed', cause }
}

/** Sorts an error of what has to stand before the job is added: whatever it is, the job was not written. */
export function failedBefore(reason: unknown): AddOutcome {
  const outcome = failedAdd(reason)
  return outcome.kind === 'refused' ? outcome : { kind: 'not_written' }
}
