// The shapes of a status: what the relay holds at one moment, partition by partition and in sum.

import type { EventCount, StoredPause } from '@retention-relay/queue'

/** Who drains a partition. */
export interface Owner {
  readonly worker: string
  /** Number of the lease within the worker's life; the last part of its token. */
  readonly epoch: string
  /** Time until the lease ends by itself. */
  readonly ttlMs: number
}

/** The durable counters, in events. */
export interface Counters {
  /** Accepted and claimed at least once; those that still wait for their first claim are not among them. */
  readonly accepted: number
  readonly delivered: number
  readonly duplicate: number
  /** Unresolved dead letters. */
  readonly dead: number
  /** Deaths so far, repeated ones included. */
  readonly deaths: number
  /** Claimed replays of dead letters. */
  readonly replayed: number
  /** Jobs whose content was gone when they were claimed. */
  readonly orphans: number
}

/**
 * Whether the counts add up: accepted = delivered + duplicate + dead + pending. What was never claimed is on both sides
 * and left out, so that no estimate enters.
 */
export type Balance =
  | { readonly kind: 'balanced' }
  /** `difference`: accepted minus all the others; above zero that many events are unaccounted for. */
  | { readonly kind: 'off'; readonly difference: number }
  /** More jobs are claimed than a consumer may hold, so they were not all read. */
  | { readonly kind: 'unknown' }

/** What an operator should know. */
export interface Finding {
  /** `fault`: something is wrong. `note`: it may be meant so. */
  readonly level: 'fault' | 'note'
  readonly code:
    | 'unbalanced'
    | 'foreign_state'
    | 'foreign_name'
    | 'stray_claim'
    | 'event_stream'
    | 'missing_jobs'
    | 'orphans'
    | 'dead_count'
    | 'no_owner'
    | 'paused'
    | 'namespace_paused'
  /** Null where it concerns the whole namespace. */
  readonly partition: number | null
  /** One sentence for a person, with the remedy. */
  readonly message: string
}

/** One partition. */
export interface PartitionStatus {
  readonly partition: number
  readonly owner: Owner | null
  readonly paused: boolean
  /** BullMQ's event stream is on: another tool has opened the queue. */
  readonly eventStream: boolean
  readonly waitingJobs: number
  readonly activeJobs: number
  /** Stored by a producer so far. */
  readonly accepted: EventCount
  /** Of these, not settled. */
  readonly pending: EventCount
  /** Replayed dead letters on their way; they still count as dead. */
  readonly replaying: EventCount
  /** Age of the oldest job, from its commit; null when nothing is pending. */
  readonly oldestAgeMs: number | null
  readonly counters: Counters
  readonly balance: Balance
}

/** Sums over all partitions; the oldest age is the greatest. */
export interface StatusTotals {
  readonly ownedPartitions: number
  readonly pausedPartitions: number
  readonly waitingJobs: number
  readonly activeJobs: number
  readonly accepted: EventCount
  readonly pending: EventCount
  readonly replaying: EventCount
  readonly oldestAgeMs: number | null
  readonly counters: Counters
  readonly balance: Balance
}

/** A namespace at one moment; each partition is consistent in itself. */
export interface RelayStatus {
  readonly namespace: string
  readonly generation: number
  /** Why workers wait in the whole namespace; null when they do not. */
  readonly pause: StoredPause | null
  /** Redis' clock, in milliseconds since 1970. */
  readonly takenAt: number
  /** Ids of the live workers. */
  readonly workers: readonly string[]
  readonly partitions: readonly PartitionStatus[]
  readonly totals: StatusTotals
  readonly findings: readonly Finding[]
}
