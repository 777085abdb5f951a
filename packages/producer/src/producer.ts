// What a service sees: one method for each thing that can be told about a customer. Every promise resolves after Redis
// has stored the event, and rejects with a RelayError otherwise.

import type { AttributesInput, Device, TrackingPlan, TrackInput } from '@retention-relay/events'

import type { EnqueueInput, EnqueueResult, EventOptions, Receipt } from './event-input.ts'

/** Counts since the producer was made. */
export interface ProducerCounters {
  /** Events that Redis has stored. */
  readonly acknowledged: number
  /** Events that are certainly not stored: Redis away, refusing or full, or the producer closed. */
  readonly refused: number
  /** Events whose fate was unknown at their deadline. */
  readonly unknown: number
  /** Events that were refused for what they are: nothing was sent to Redis. */
  readonly invalid: number
  /** Events that do not match their definition and were stored all the same, since it says `checks: 'warn'`. */
  readonly tolerated: number
  /** Events whose `occurredAt` was up to 5 minutes ahead and was set to now. */
  readonly clampedTimes: number
}

/**
 * Stores events in the relay. Events of one customer are delivered in the order of the calls.
 *
 * Each method rejects with a RelayError: `RELAY_EVENT_…` when the event itself is refused, and an `EnqueueError`
 * (`RELAY_ENQUEUE_…`) when it could not be stored, with `retryable`, `eventId` and `occurredAt`. Trying again with both
 * is safe, also when the first try was stored after all.
 */
export interface Producer<Plan extends TrackingPlan> {
  /** Something happened. `name` is one of the tracking plan and decides the type of `data`. */
  readonly track: (
    customerId: string,
    event: TrackInput<Plan>,
    options?: EventOptions,
  ) => Promise<Receipt>

  /** Attributes of the customer changed. Those that are left out stay as they are. */
  readonly identify: (
    customerId: string,
    attributes: AttributesInput<Plan>,
    options?: EventOptions,
  ) => Promise<Receipt>

  /** Deletes the profile. A later event of the customer makes a new one. */
  readonly delete: (customerId: string, options?: EventOptions) => Promise<Receipt>

  /** Deletes the profile and has all later events of the customer ignored, until `unsuppress`. */
  readonly suppress: (customerId: string, options?: EventOptions) => Promise<Receipt>

  /** Ends `suppress`. The profile stays empty. */
  readonly unsuppress: (customerId: string, options?: EventOptions) => Promise<Receipt>

  /** Merges the customer into another one, for good: `customerId` is gone afterwards. */
  readonly merge: (
    customerId: string,
    target: { readonly into: string },
    options?: EventOptions,
  ) => Promise<Receipt>

  /** Adds a push device to the customer, or updates it. */
  readonly addDevice: (
    customerId: string,
    device: Device,
    options?: EventOptions,
  ) => Promise<Receipt>

  /** Takes a push device from the customer. */
  readonly deleteDevice: (
    customerId: string,
    token: string,
    options?: EventOptions,
  ) => Promise<Receipt>

  /** Many events. One result for each, in the same order, never all or nothing. Does not reject. */
  readonly enqueue: (events: readonly EnqueueInput<Plan>[]) => Promise<EnqueueResult[]>

  /** Counts for the service's own metrics. */
  readonly counters: () => ProducerCounters

  /**
   * Refuses new calls, waits for those that were taken in, and closes the connection. Ends within `enqueueTimeoutMs`,
   * also while Redis is away or hangs.
   */
  readonly close: () => Promise<void>
}
