// Puts the producer together: options, session, rules, and the methods that hand drafts to both.

import {
  createUlidSource,
  loadTrackingPlan,
  partitionOf,
  RelayError,
  timeRules,
  TRACKING_PLAN_VARIABLE,
} from '@retention-relay/events'
import type {
  AttributesInput,
  Device,
  EventOp,
  retentionPlan,
  TrackingPlan,
  TrackInput,
} from '@retention-relay/events'
import { EnqueueError } from '@retention-relay/queue'
import type { EventReference } from '@retention-relay/queue'

import { draftOf } from './draft.ts'
import type { Draft, DraftOptions } from './draft.ts'
import type { EnqueueInput, EnqueueResult, EventOptions, Receipt } from './event-input.ts'
import { readOptions } from './options.ts'
import type { ProducerOptions } from './options.ts'
import { prepareEvent } from './prepare-event.ts'
import type { EventRules } from './prepare-event.ts'
import type { Producer, ProducerCounters } from './producer.ts'
import { startSession } from './session.ts'
import type { Session } from './session.ts'

/**
 * Makes a producer and connects it. While Redis is away it resolves after `enqueueTimeoutMs` all the same, so that a
 * service can start: calls are refused until Redis has answered for the first time.
 *
 * @throws RelayError `RELAY_CONFIG_INVALID` for wrong options, and for a plan that cannot be loaded; `RELAY_REDIS_UNUSABLE` for a wrong password, a server
 *   that is not a Redis, one older than 7.0, or a read-only replica; `RELAY_NAMESPACE_MISMATCH` when the namespace has
 *   another number of partitions.
 */
export async function createProducer<Plan extends TrackingPlan = typeof retentionPlan>(
  options: ProducerOptions<Plan>,
): Promise<Producer<Plan>> {
  const settings = readOptions(options, options.trackingPlan ?? (await namedPlan()))
  const { namespace, trackingPlan: plan, allowCustomerIds, now, random } = settings
  const nextUlid = createUlidSource({ now, ...(random === undefined ? {} : { random }) })
  const time = timeRules(plan, namespace)
  const session = await startSession({ settings, nextUlid })
  return new RelayProducer<Plan>(session, {
    namespace,
    plan,
    time,
    allowCustomerIds,
    now,
    nextUlid,
  })
}

/** The plan that workers and the command go by. */
async function namedPlan(): Promise<TrackingPlan> {
  return await loadTrackingPlan(process.env[TRACKING_PLAN_VARIABLE] || undefined)
}

class RelayProducer<Plan extends TrackingPlan> implements Producer<Plan> {
  readonly #session: Session
  readonly #rules: EventRules
  /** Written by `#submit` and `#count`. */
  readonly #counters = {
    acknowledged: 0,
    refused: 0,
    unknown: 0,
    invalid: 0,
    tolerated: 0,
    clampedTimes: 0,
  }
  /** Set by the first `close`. */
  #closing: Promise<void> | undefined

  constructor(session: Session, rules: EventRules) {
    this.#session = session
    this.#rules = rules
  }

  track(customerId: string, event: TrackInput<Plan>, options?: EventOptions): Promise<Receipt> {
    return this.#submit('track', customerId, event, options)
  }

  identify(
    customerId: string,
    attributes: AttributesInput<Plan>,
    options?: EventOptions,
  ): Promise<Receipt> {
    return this.#submit('identify', customerId, attributes, options)
  }

  delete(customerId: string, options?: EventOptions): Promise<Receipt> {
    return this.#submit('delete', customerId, undefined, options)
  }

  suppress(customerId: string, options?: EventOptions): Promise<Receipt> {
    return this.#submit('suppress', customerId, undefined, options)
  }

  unsuppress(customerId: string, options?: EventOptions): Promise<Receipt> {
    return this.#submit('unsuppress', customerId, undefined, options)
  }

  merge(
    customerId: string,
    target: { readonly into: string },
    options?: EventOptions,
  ): Promise<Receipt> {
    return this.#submit('merge', customerId, target, options)
  }

  addDevice(customerId: string, device: Device, options?: EventOptions): Promise<Receipt> {
    return this.#submit('add_device', customerId, device, options)
  }

  deleteDevice(customerId: string, token: string, options?: EventOptions): Promise<Receipt> {
    return this.#submit('delete_device', customerId, { token }, options)
  }

  async enqueue(events: readonly EnqueueInput<Plan>[]): Promise<EnqueueResult[]> {
    return Promise.all(events.map((event) => this.#enqueueOne(event)))
  }

  counters(): ProducerCounters {
    return { ...this.#counters }
  }

  close(): Promise<void> {
    this.#closing ??= this.#session.close()
    return this.#closing
  }

  async #enqueueOne(input: unknown): Promise<EnqueueResult> {
    try {
      return { ok: true, receipt: await this.#store(this.#draft(input)) }
    } catch (error) {
      if (error instanceof RelayError) return { ok: false, error }
      throw error
    }
  }

  #draft(input: unknown): Draft {
    try {
      return draftOf(input)
    } catch (error) {
      this.#count(error)
      throw error
    }
  }

  #submit(
    op: EventOp,
    customerId: unknown,
    body: unknown,
    options: DraftOptions = {},
  ): Promise<Receipt> {
    return this.#store({ op, customerId, body, options })
  }

  /** Up to the hand-over to the committer nothing waits, so the order of calls is kept. */
  async #store(draft: Draft): Promise<Receipt> {
    try {
      const prepared = prepareEvent(draft, this.#rules)
      const { id, customerId, occurredAt, text, bytes, clamped, tombstones } = prepared
      if (clamped) this.#counters.clampedTimes += 1
      if (prepared.tolerated) this.#counters.tolerated += 1
      const { committer, namespace } = this.#openFor({ id, occurredAt })
      const partition = partitionOf(customerId, namespace.partitions)
      await committer.submit({ id, occurredAt, text, bytes, tombstones, partition })
      this.#counters.acknowledged += 1
      return { id, partition, committedAt: new Date(this.#rules.now()) }
    } catch (error) {
      this.#count(error)
      throw error
    }
  }

  #openFor(event: EventReference): NonNullable<Session['open']> {
    if (this.#closing !== undefined) throw closed(event)
    const open = this.#session.open
    if (open === undefined) throw notOpen(event, this.#session.fault)
    return open
  }

  #count(error: unknown): void {
    const { code } = error as { code?: unknown }
    if (code === 'RELAY_ENQUEUE_UNKNOWN') this.#counters.unknown += 1
    else if (error instanceof EnqueueError) this.#counters.refused += 1
    else this.#counters.invalid += 1
  }
}

function closed(event: EventReference): EnqueueError {
  const message = 'The producer is closed; the event is not stored.'
  return new EnqueueError('RELAY_ENQUEUE_CLOSED', message, { event })
}

function notOpen(event: EventReference, cause: Error | undefined): EnqueueError {
  const reason = cause === undefined ? '' : ` ${cause.message}`
  const message = `The event is not stored: Redis has not answered since the producer was made.${reason}`
  return new EnqueueError('RELAY_ENQUEUE_REFUSED', message, { event, cause })
}
