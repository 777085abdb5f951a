// What a response of the destination means, and what becomes of an event. `classifyResponse` (packages/customerio)
// returns a response class, the consumer (packages/delivery) acts on it, and the queue makes outcomes durable.

/** Why an event became a dead letter. */
export type DeadReason =
  | 'rejected'
  | 'oversize'
  | 'malformed'
  | 'invalid'
  | 'expired'
  | 'superseded'
  | 'exhausted'
  | 'wrong_environment'

/** Every reason. */
export const DEAD_REASONS: readonly DeadReason[] = [
  'rejected',
  'oversize',
  'malformed',
  'invalid',
  'expired',
  'superseded',
  'exhausted',
  'wrong_environment',
]

/** What the destination said about one refused event. */
export interface Rejection {
  /** HTTP status of the response. */
  readonly status: number
  readonly reason?: string
  readonly field?: string
  readonly message?: string
}

/** A refused item of a batch. `index` is its 0-based place in the batch. */
export interface ItemRejection extends Rejection {
  readonly index: number
}

/** Why a request is repeated. */
export type RetryCause =
  | 'rate_limited'
  | 'server_error'
  | 'timeout'
  | 'connection'
  | 'unreadable_answer'

/** What one answered or unanswered request means (design § 7). */
export type ResponseClass =
  /** All events are delivered. */
  | { readonly kind: 'delivered' }
  /** The named items are refused, all others are delivered. */
  | { readonly kind: 'partly_refused'; readonly rejections: readonly ItemRejection[] }
  /** Item errors without a usable index: the batch goes again in halves. */
  | { readonly kind: 'item_errors_unclear'; readonly rejection: Rejection }
  /** The whole request is refused for its content: halved; a single event is dead if that is believable. */
  | {
      readonly kind: 'refused'
      readonly reason: 'rejected' | 'oversize'
      readonly rejection: Rejection
      /** The body has Customer.io's error shape. */
      readonly believable: boolean
    }
  /** 401 or 403: credentials or a firewall; a probe tells which. */
  | { readonly kind: 'unauthorized'; readonly status: number; readonly rejection: Rejection }
  /** A wrong address or a proxy: nothing dies. */
  | { readonly kind: 'wrong_address'; readonly status: number }
  /** Tried again in place. `unknownOutcome`: the body had left, so the events may be delivered. */
  | {
      readonly kind: 'retry'
      readonly cause: RetryCause
      readonly unknownOutcome: boolean
      /** Wait that the destination asked for, clamped to 0..300,000 ms. */
      readonly retryAfterMs?: number
      readonly detail: string
    }
  /** The lease ended before the request was handed over whole: nothing was applied. */
  | { readonly kind: 'lease_over' }
  /** The caller stopped the request before its end. */
  | { readonly kind: 'aborted'; readonly unknownOutcome: boolean }

/** Why the relay waits on purpose. */
export type PauseReason =
  | 'auth'
  | 'destination'
  | 'mass_rejection'
  | 'unreadable_answer'
  | 'refuses_everything'
  | 'newer_format'
  | 'newer_event'
  | 'operator'
