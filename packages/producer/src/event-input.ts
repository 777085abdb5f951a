// What a service hands in. The name of an event narrows the type of its data; everything is checked again at run time,
// since a service in JavaScript, or a cast, sees no types.

import type {
  AttributesInput,
  Device,
  RelayError,
  TrackingPlan,
  TrackInput,
} from '@retention-relay/events'

/** What a call may say about its event. */
export interface EventOptions {
  /** A ULID. Default: derived from the idempotency key, or a new one. Give it when trying again. */
  readonly id?: string | undefined
  /**
   * When it happened: a Date, or milliseconds since 1970. Default: now. Up to 5 minutes ahead counts as now; before
   * 2015 or more than 5 minutes ahead is refused.
   */
  readonly occurredAt?: Date | number | undefined
  /**
   * Calls with the same key and event name are one business event, whoever sends them and however often. Default:
   * what the event's definition says. Not together with `id`. On anything but `track` the key counts per customer.
   */
  readonly idempotencyKey?: string | undefined
}

/** What became of an event that Redis has stored. */
export interface Receipt {
  /** ULID of the event. */
  readonly id: string
  /** Partition in which it is stored. */
  readonly partition: number
  /** When the acknowledgement came, by this process's clock. */
  readonly committedAt: Date
}

/** One event for `enqueue`: what the method of the same name takes, in one object. */
export type EnqueueInput<Plan extends TrackingPlan> = EventOptions & {
  /** The shop's own customer id. */
  readonly customerId: string
} & (
    | ({ readonly op: 'track' } & TrackInput<Plan>)
    | { readonly op: 'identify'; readonly attributes: AttributesInput<Plan> }
    | { readonly op: 'delete' | 'suppress' | 'unsuppress' }
    | { readonly op: 'merge'; readonly into: string }
    | { readonly op: 'add_device'; readonly device: Device }
    | { readonly op: 'delete_device'; readonly token: string }
  )

/** What became of one event of `enqueue`. */
export type EnqueueResult =
  | { readonly ok: true; readonly receipt: Receipt }
  | { readonly ok: false; readonly error: RelayError }
