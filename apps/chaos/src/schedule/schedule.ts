// Everything that chance decides about a run, drawn from its seed before anything starts. It is saved as JSON with a
// run that failed; the same seed and duration draw it again.

import type { FaultKind } from './fault-table.ts'

/** What Redis is in a run. */
export type Topology =
  | { readonly kind: 'standalone' }
  /** A master, a replica and three sentinels. */
  | { readonly kind: 'sentinel' }
  /** Six nodes: three masters with a replica each, or six masters. */
  | { readonly kind: 'cluster'; readonly masters: 3 | 6 }

/** One fault at its time. */
export interface PlannedFault {
  readonly kind: FaultKind
  /** 0-based number of the worker or producer; 0 where there is one of its kind. */
  readonly target: number
  /** Since the start of the load. */
  readonly atMs: number
  readonly forMs: number
  /** What the kind says: a number of cuts, milliseconds of latency, … */
  readonly amount: number
}

/** How much happens in the shop. */
export interface Load {
  readonly forMs: number
  readonly producers: number
  /** Customers of whom several producers tell. */
  readonly sharedCustomers: number
  /** Customers of whom one producer tells. */
  readonly ownCustomers: number
  readonly eventsPerSecond: number
  /** Events of one customer at once. */
  readonly backlog: number
  /** Of each producer: events that may wait for Redis. A small bound is met in every outage. */
  readonly maxPendingEvents: number
}

/** One run. */
export interface Schedule {
  readonly seed: number
  readonly topology: Topology
  readonly partitions: number
  readonly workers: number
  /** Requests per second of all workers together. */
  readonly rateLimit: number
  /** Time that Customer.io takes for an answer: the longer, the more waits in the workers' memory. */
  readonly latencyMs: number
  readonly load: Load
  /** In the order of their times. */
  readonly faults: readonly PlannedFault[]
}
