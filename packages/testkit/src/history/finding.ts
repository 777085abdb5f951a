// What the checker finds, with the ids and times that a person needs to look it up in the run's files.

import type { DeadReason } from '@retention-relay/events'

/** One breach of a guarantee. Times are wall-clock milliseconds; `request` numbers are those of receipts.ndjson. */
export type Finding =
  /** Acknowledged, and neither received nor a dead letter; `undelivered` where a job still holds it. */
  | {
      readonly kind: 'lost' | 'undelivered'
      readonly id: string
      readonly customerId: string
      readonly process: string
      readonly acknowledgedAt: number
    }
  /** Received, or a dead letter, although nobody called it (`never_called`) or each call of it was refused (`refused`). */
  | {
      readonly kind: 'unsent'
      readonly why: 'never_called' | 'refused'
      readonly id: string
      readonly at: number
      /** Null where it is a dead letter. */
      readonly request: number | null
    }
  /** A producer refused it for good: with `code`, which does not say that the same call may succeed later. */
  | {
      readonly kind: 'refusedForGood'
      readonly id: string
      readonly customerId: string
      readonly process: string
      readonly code: string
      readonly at: number
    }
  /** Not one event was acknowledged, so that the rest proves nothing. */
  | { readonly kind: 'nothingAcknowledged' }
  /** Received again although nothing had happened to its first request, or with another timestamp. */
  | {
      readonly kind: 'doubled'
      readonly why: 'settled' | 'timestamp'
      readonly id: string
      readonly customerId: string
      readonly requests: readonly [number, number]
      readonly at: number
    }
  /** A track that came again although nothing had happened to its former request. Its ULID stops it. */
  | {
      readonly kind: 'repeatedWithoutNeed'
      readonly id: string
      readonly customerId: string
      readonly requests: readonly [number, number]
      readonly at: number
    }
  /** Received with something else than any of its calls said: `field` says what. */
  | {
      readonly kind: 'altered'
      readonly field: 'customer' | 'name' | 'timestamp'
      readonly id: string
      readonly customerId: string
      readonly request: number
      readonly at: number
    }
  /** `id` came after `overtakenBy`, before which it had been acknowledged or called. */
  | {
      readonly kind: 'inversion'
      readonly customerId: string
      readonly id: string
      readonly overtakenBy: string
      /** Of `overtakenBy`, then of `id`. */
      readonly requests: readonly [number, number]
      readonly at: number
    }
  /** One customer in two requests that were open at once, or twice in a batch where that is not allowed. */
  | {
      readonly kind: 'overlap'
      readonly why: 'two_requests' | 'one_batch'
      readonly customerId: string
      readonly requests: readonly [number, number]
      readonly at: number
    }
  /** A dead letter whose reason the load did not plant, or that hides that it was received. */
  | {
      readonly kind: 'deadByOutage'
      readonly why: 'not_planted' | 'not_marked_as_delivered'
      readonly id: string
      readonly reason: DeadReason
      readonly diedAt: number
    }
  /** A sum that does not hold: `rule` says which, in words. */
  | {
      readonly kind: 'countFault'
      readonly rule: string
      readonly left: number
      readonly right: number
    }
  /** More requests in the second that ends at `at` than the limit allows. */
  | {
      readonly kind: 'rateFault'
      readonly at: number
      readonly requests: number
      readonly allowed: number
    }

/** Findings by kind, and what was sent again and is no failure. */
export interface HistorySummary {
  readonly lost: number
  readonly undelivered: number
  readonly unsent: number
  readonly refusedForGood: number
  readonly nothingAcknowledged: number
  readonly doubled: number
  /** Tracks that arrived again and that Customer.io drops by their ULID. */
  readonly repeated: number
  /** Those of them that nothing had made necessary. */
  readonly repeatedWithoutNeed: number
  /** Identifies and profile operations that arrived again after an unknown outcome. */
  readonly repeatedUnknown: number
  readonly altered: number
  readonly inversions: number
  /** A customer in two requests at once. */
  readonly overlaps: number
  /** A customer more than once in a batch. */
  readonly twiceInBatch: number
  readonly deadByOutage: number
  readonly countFaults: number
  readonly rateFaults: number
}
