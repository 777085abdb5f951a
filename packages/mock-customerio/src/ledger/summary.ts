// The counts that a test or a person asks for. They add up:
// received = applied + duplicates + suppressed + dropped + rejected.
import type { RequestCounts } from './requests.ts'

export interface OperationCounts {
  /** Operations read from complete requests. */
  received: number
  applied: number
  /** Event ids that had been applied before; answered with 2xx, not applied again. */
  duplicates: number
  /** About a suppressed person; answered with 2xx, ignored. */
  suppressed: number
  /** Unknown `cio_id`, or an unknown person where `unknownPerson` is 'drop'; answered with 2xx. */
  dropped: number
  /** Refused: 400 of a single call, or named in a 207. */
  rejected: number
  /** Applied although a larger sequence number of the same customer had been applied. */
  inversions: number
  /** Applied although the same sequence number of the same customer had been applied. */
  doubled: number
  /** Those of `doubled` that were identifies: an upsert, which nothing deduplicates. */
  doubledIdentifies: number
  /** `timestamp` that is not unix seconds: taken, but it matches no segment. */
  oddTimestamps: number
}

export interface MockSummary extends RequestCounts, OperationCounts {
  /** Customers that an operation was about. */
  customers: number
  /** Operations whose compact record was overwritten; the counts above include them. */
  forgotten: number
  /** Requests that a fault answered or disturbed. */
  faulted: number
}

export function noOperations(): OperationCounts {
  return {
    received: 0,
    applied: 0,
    duplicates: 0,
    suppressed: 0,
    dropped: 0,
    rejected: 0,
    inversions: 0,
    doubled: 0,
    doubledIdentifies: 0,
    oddTimestamps: 0,
  }
}
