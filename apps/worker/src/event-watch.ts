// Watches what events look like: their fields, and the shapes of customer ids. Events enter as they are decoded; what was
// seen is kept in memory for ten seconds and added to what all workers have seen. It costs the delivery nothing but its
// share of the processor: a Redis that is away delays what was seen, and never an event.

import type { Clock, DeliveryObserver } from '@retention-relay/delivery'
import { EventSampler, ShapeCounts } from '@retention-relay/events'
import type { NamedProfile } from '@retention-relay/events'
import { namespaceKeys, storeProfile, storeShapes } from '@retention-relay/queue'
import type { NamespaceKeys, ScriptRunner } from '@retention-relay/queue'

/** Between two additions to Redis, in milliseconds. */
export const WATCH_FLUSH_MS = 10_000

/** What a watch needs. */
export interface EventWatchParts {
  /** Has loaded `driftScripts`. */
  readonly runner: ScriptRunner
  readonly namespace: string
  readonly clock: Clock
  /** Told of events that belong to no profile. */
  readonly unwatched: (events: number) => void
}

/** The watch of one worker. */
export class EventWatch {
  readonly #runner: ScriptRunner
  readonly #keys: NamespaceKeys
  readonly #clock: Clock
  readonly #sampler = new EventSampler()
  readonly #shapes = new ShapeCounts()
  readonly #ended = new AbortController()
  /** The last addition; one runs at a time. */
  #flushing: Promise<void> = Promise.resolve()
  readonly #unwatched: (events: number) => void

  constructor({ runner, namespace, clock, unwatched }: EventWatchParts) {
    this.#unwatched = unwatched
    this.#runner = runner
    this.#keys = namespaceKeys(namespace)
    this.#clock = clock
  }

  /** Sees events. */
  readonly observer: Pick<DeliveryObserver, 'decoded'> = {
    decoded: (events, producer) => {
      const nowMs = this.#clock.wall()
      for (const { event } of events) {
        this.#sampler.see(event, producer, nowMs)
        this.#shapes.see(event.customerId)
      }
    },
  }

  /** Adds what was seen every ten seconds until `stop`. */
  async run(): Promise<void> {
    const { signal } = this.#ended
    while (!signal.aborted) {
      await this.#clock.sleep(WATCH_FLUSH_MS, signal)
      await this.#flush()
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
    this.#unwatched(over)
    const unstored: NamedProfile[] = []
    await Promise.all([
      ...profiles.map((each) => this.#storeProfile(each, unstored)),
      this.#storeShapes(),
    ])
    this.#sampler.putBack(unstored)
  }

  async #storeProfile(each: NamedProfile, unstored: NamedProfile[]): Promise<void> {
    try {
      const isStored = await storeProfile(this.#runner, this.#keys, each)
      if (!isStored) this.#unwatched(each.profile.events)
    } catch {
      unstored.push(each)
    }
  }

  async #storeShapes(): Promise<void> {
    const counts = this.#shapes.take()
    try {
      await storeShapes(this.#runner, this.#keys, counts)
    } catch {
      for (const [shape, count] of counts) this.#shapes.add(shape, count)
    }
  }
}
