// Watches what events look like: their fields, the shapes of customer ids, and with what a customer is seen first. Events
// enter as they are decoded; what was seen is kept in memory for ten seconds and added to what all workers have seen. It
// costs the delivery nothing but its share of the processor: a Redis that is away delays what was seen, and never an event.
//
// After a requeue the same events come again. Fields and shapes are counted at the first claim of a job alone: somebody's one
// test event, held through an outage and three restarts, would else be four. What had been claimed and not decoded when it
// was put back is not counted: at most what a worker holds at a time.

import type { Clock, DeliveryObserver } from '@retention-relay/delivery'
import { EventSampler, FirstOperations, ShapeCounts } from '@retention-relay/events'
import type { FirstOperation, NamedProfile } from '@retention-relay/events'
import {
  namespaceKeys,
  storeFirstOperations,
  storeProfile,
  storeShapes,
  storeWatchedPlan,
} from '@retention-relay/queue'
import type { NamespaceKeys, ScriptRunner } from '@retention-relay/queue'

/** Between two additions to Redis, in milliseconds. */
export const WATCH_FLUSH_MS = 10_000
/** An addition that takes long is followed by a rest of so many times its duration: with very many fields it takes seconds. */
const REST_FACTOR = 50
/** Longest rest, in milliseconds. */
const REST_CAP_MS = 60_000

/** What a watch needs. */
export interface EventWatchParts {
  /** Has loaded `driftScripts`. */
  readonly runner: ScriptRunner
  readonly namespace: string
  /** Hash of the tracking plan, for whoever compares with another one. */
  readonly planHash: string
  readonly clock: Clock
  /** Told of events that belong to no profile. */
  readonly unwatched: (events: number) => void
  /** Told of customers that the namespace had not seen before; one in eight is looked at. */
  readonly newCustomers: (counts: Readonly<Record<FirstOperation, number>>) => void
}

/** The watch of one worker. */
export class EventWatch {
  readonly #parts: EventWatchParts
  readonly #keys: NamespaceKeys
  readonly #sampler = new EventSampler()
  readonly #shapes = new ShapeCounts()
  readonly #customers = new FirstOperations()
  readonly #ended = new AbortController()
  /** The last addition; one runs at a time. */
  #flushing: Promise<void> = Promise.resolve()

  constructor(parts: EventWatchParts) {
    this.#parts = parts
    this.#keys = namespaceKeys(parts.namespace)
  }

  /** Sees events. */
  readonly observer: Pick<DeliveryObserver, 'decoded'> = {
    decoded: (events, producer, claims) => {
      const nowMs = this.#parts.clock.wall()
      for (const { event } of events) {
        this.#customers.see(event)
        if (claims > 1) continue
        this.#sampler.see(event, producer, nowMs)
        this.#shapes.see(event.customerId)
        if (event.op === 'merge') this.#shapes.see(event.primaryId)
      }
    },
  }

  /** Adds what was seen every ten seconds until `stop`. */
  async run(): Promise<void> {
    const { clock } = this.#parts
    const { signal } = this.#ended
    let restMs = WATCH_FLUSH_MS
    while (!signal.aborted) {
      await clock.sleep(restMs, signal)
      const startedMs = clock.monotonic()
      await this.#flush()
      const tookMs = clock.monotonic() - startedMs
      restMs = Math.min(REST_CAP_MS, Math.max(WATCH_FLUSH_MS, tookMs * REST_FACTOR))
    }
  }

  /** Adds what is left, where Redis answers. */
  async stop(): Promise<void> {
    this.#ended.abort()
    await this.#flush()
  }

  async #flush(): Promise<void> {
    this.#flushing = this.#flushing.then(() => this.#store())
    await this.#flushing
  }

  async #store(): Promise<void> {
    const { profiles, over } = this.#sampler.take()
    this.#parts.unwatched(over)
    const unstored: NamedProfile[] = []
    await Promise.all([
      ...profiles.map((each) => this.#storeProfile(each, unstored)),
      this.#storeShapes(),
      this.#storeCustomers(),
      this.#storePlan(),
    ])
    this.#sampler.putBack(unstored)
  }

  async #storeProfile(each: NamedProfile, unstored: NamedProfile[]): Promise<void> {
    try {
      const isStored = await storeProfile(this.#parts.runner, this.#keys, each)
      if (!isStored) this.#parts.unwatched(each.profile.events)
    } catch {
      unstored.push(each)
    }
  }

  async #storeShapes(): Promise<void> {
    const counts = this.#shapes.take()
    try {
      await storeShapes(this.#parts.runner, this.#keys, counts)
    } catch {
      for (const [shape, count] of counts) this.#shapes.add(shape, count)
    }
  }

  /** Again with each addition: a Redis that was emptied knows it no more. */
  async #storePlan(): Promise<void> {
    const { runner, planHash } = this.#parts
    await storeWatchedPlan(runner, this.#keys, planHash).catch(() => undefined)
  }

  /** What cannot be stored is left: a customer who comes again is looked at again. */
  async #storeCustomers(): Promise<void> {
    const { runner, newCustomers } = this.#parts
    await storeFirstOperations(runner, this.#keys, this.#customers.take()).then(
      newCustomers,
      () => undefined,
    )
  }
}
