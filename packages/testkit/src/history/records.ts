// The records of a history: what a run writes down while it goes on, one JSON object a line, and what the checker reads.
//
//   producer-N.ndjson     one file per process start of a producer: its calls, and how each ended
//   receipts.ndjson       what the mock Customer.io was sent, in the order in which it applied it (`--receipts FILE`)
//   dead-letters.ndjson   the unresolved dead letters, at the end of the run
//   unfinished.json       ids of the events in jobs that are not finished, at the end of the run
//   counts.json           the durable counters of the relay, at the end of the run; `null` where the consumer keeps none
//   run.json              what the run was allowed to do
//
// The order of the lines of a file is the order of what they tell; `at` is wall-clock milliseconds of one machine and
// orders what stands in different files.

import type { DeadReason, EventOp } from '@retention-relay/events'

/** A line of producer-N.ndjson. `call` numbers the calls of a process; an end names the call that it ends. */
export type ProducerRecord = CalledRecord | CallEnd

/** Written before the call is made. A call without an end has an unknown outcome: its process was killed. */
export interface CalledRecord {
  readonly kind: 'called'
  readonly call: number
  readonly at: number
  /**
   * Id of the event, known beforehand: given by the caller, or derived from the key. Calls with one id are one event. A
   * job that a load puts into the queue by hand has the id that its dead letter will have, `<job id>.<position>`.
   */
  readonly id: string
  readonly customerId: string
  readonly op: EventOp
  /** Name of a `track`, else empty. */
  readonly name: string
  readonly occurredAt: number
  /**
   * What the mock recognizes the event by where Customer.io is told no id: of an `identify` its attribute `relay_event`,
   * of a device the token, of a `merge` the primary's id, else empty. Op, customer and mark belong to one event only: a
   * load calls `delete`, `suppress` and `unsuppress` once per customer.
   */
  readonly mark: string
  /** The reason for which the load makes it die. It may be delivered all the same. */
  readonly planted?: DeadReason
}

/** How a call ended. `refused`: certainly not stored. `unknown`: stored or not. */
export type CallEnd =
  | { readonly kind: 'acknowledged'; readonly call: number; readonly at: number }
  | {
      readonly kind: 'refused' | 'unknown'
      readonly call: number
      readonly at: number
      readonly code: string
    }

/** A line of receipts.ndjson. A request is open from its headers to the last byte of its answer. */
export type ReceiptRecord = RequestOpened | ReceivedOperation | RequestEnded

export interface RequestOpened {
  readonly kind: 'opened'
  readonly request: number
  readonly at: number
  /** The request's header `Host`: the address by which its sender reached the mock, and so which sender it is. */
  readonly host?: string
}

/** One operation of a complete request. All of a request stand together: they were applied in one step. */
export interface ReceivedOperation {
  readonly kind: 'operation'
  readonly request: number
  /** Place in the batch; null outside a batch. */
  readonly index: number | null
  readonly at: number
  /** In Customer.io's words: `event` is a `track`. */
  readonly action: string
  readonly customerId: string
  /** Event id as sent; only a `track` has one. */
  readonly id: string | null
  readonly name: string | null
  /** Unix seconds as sent. */
  readonly timestamp: number | null
  /** As in `CalledRecord`. */
  readonly mark: string
  /**
   * `duplicate`: its ULID had been applied before. `suppressed`, `dropped`: accepted, and ignored for the person's sake.
   * `rejected`: named in a 400 or 207. `unapplied`: the whole request met a fault, wrong credentials or the rate limit.
   */
  readonly outcome: 'applied' | 'duplicate' | 'suppressed' | 'dropped' | 'rejected' | 'unapplied'
}

export interface RequestEnded {
  readonly kind: 'ended'
  readonly request: number
  readonly at: number
  /** Status of the answer, or `reset`, `cut` (by the mock), `left` (the sender went first), `aborted` (body incomplete). */
  readonly ending: string
}

/** A line of dead-letters.ndjson; a stored dead letter has more, which is not read. */
export interface DeadLetterLine {
  readonly id: string
  readonly reason: DeadReason
  readonly maybeDelivered: boolean
  readonly diedAt: number
}

/** counts.json, unless it is `null`. */
export interface Counts {
  /** Durable counters, all partitions together. */
  readonly accepted: number
  readonly delivered: number
  readonly duplicate: number
  readonly dead: number
  /** Events in jobs that are not finished. */
  readonly pending: number
  /** Ids in the dedupe store, where the run read them. */
  readonly dedupeIds?: number
}

/** run.json. */
export interface RunFacts {
  /** Requests per second of all workers together (`RELAY_RATE_LIMIT`). */
  readonly rateLimit: number
  /** The life of each worker process. */
  readonly workers: readonly Period[]
  /**
   * From each fault that hit a worker, its Redis or a link to it to the recovery. What was in flight then may be sent once
   * more.
   */
  readonly disturbances: readonly Disturbance[]
  /** When Redis came back with an empty disk: what was acknowledged before may be gone. */
  readonly wipes: readonly number[]
  /**
   * From the loss of a master that a replica can stand in for until the former master is a replica again. Replication does
   * not wait: what was settled on a master in such a time, or shortly before it, may be gone with it, and is then
   * delivered once more.
   */
  readonly failovers: readonly Period[]
}

/** What a fault did to senders. */
export interface Disturbance extends Period {
  /**
   * `stopped`: they ended or stood still, so that the mock may learn late that they have left. `cut_off`: they went on,
   * and what they said to Redis, or Redis to them, may not have arrived.
   */
  readonly kind: 'stopped' | 'cut_off'
  /** `host` of the only one that it hit; null where it hit all. */
  readonly host: string | null
}

/** Both ends included, in wall-clock milliseconds. */
export interface Period {
  readonly from: number
  readonly until: number
}
