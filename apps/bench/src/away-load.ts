// The calls of a service whose Redis goes away: events come in at a fixed rate, each has a caller of its own, and a caller
// whose event was refused calls again with the id and the time of the error until it is acknowledged, as docs/errors.md
// tells it to. Callers are bounded, as they are in a service: where none is free an event is turned away before it is
// called, so that whatever grows meanwhile is the producer's.
//
// May go wrong: an error that no second call mends. It is nobody's to catch, and ends the process.

import { setTimeout as pause } from 'node:timers/promises'

import { EnqueueError } from '@retention-relay/producer'
import type { EventOptions, Producer, retentionPlan } from '@retention-relay/producer'

import { loadEvent } from './load.ts'

/** Half as many again as may wait for Redis. */
const CALLERS = 1500
const RETRY_MS = 500
const WARM_UP_ROUNDS = 30

/** What the callers saw. Times are those of the wall clock, for the other process. */
export interface LoadFacts {
  /** Events for which no caller was free. */
  readonly turnedAway: number
  readonly calls: number
  /** Calls that were not acknowledged, by the error's code. */
  readonly refused: Readonly<Record<string, number>>
  readonly longestCallMs: number
  /** Events that were not acknowledged when Redis was started again. */
  readonly waiting: number
  readonly firstAcknowledgedAt: number
  readonly lastWaitingAcknowledgedAt: number
  readonly acknowledgedIds: readonly string[]
  /** The event's id for each call whose fate was unknown. */
  readonly unknownIds: readonly string[]
}

/** The load of one producer. */
export class AwayLoad {
  readonly #producer: Producer<typeof retentionPlan>
  /** Callers that wait. Written by `begin`, and as they end. */
  readonly #callers = new Set<Promise<void>>()
  /** Written by `begin`. */
  #events = 0
  #turnedAway = 0
  /** Written by the callers. */
  #calls = 0
  #longestCallMs = 0
  readonly #refused: Record<string, number> = {}
  readonly #acknowledgedIds: string[] = []
  readonly #unknownIds: string[] = []
  /** Set by `untilBack`. */
  #isReturning = false
  /** Wall clock; written by the first caller that is acknowledged from then on. */
  #firstAcknowledgedAt = 0

  constructor(producer: Producer<typeof retentionPlan>) {
    this.#producer = producer
  }

  /** Gives the process the size that it has at full work, `atOnce` events at a time. Its calls are not counted. */
  async warmUp(atOnce: number): Promise<void> {
    for (let round = 0; round < WARM_UP_ROUNDS; round += 1) {
      for (let number = 0; number < atOnce; number += 1) this.begin()
      await this.untilAcknowledged()
    }
    this.#calls = 0
    this.#longestCallMs = 0
  }

  /** The next event comes in. */
  begin(): void {
    if (this.#callers.size >= CALLERS) {
      this.#turnedAway += 1
      return
    }
    const caller = this.#callUntilStored(this.#events).then(() => {
      this.#callers.delete(caller)
    })
    this.#callers.add(caller)
    this.#events += 1
  }

  /** From the start of Redis: resolves when what waited then is acknowledged. */
  async untilBack(): Promise<{ readonly waiting: number; readonly lastAt: number }> {
    this.#isReturning = true
    const waiting = this.#callers.size
    await this.untilAcknowledged()
    return { waiting, lastAt: Date.now() }
  }

  /** Resolves when what was called so far is acknowledged. */
  async untilAcknowledged(): Promise<void> {
    await Promise.all(this.#callers)
  }

  /** `back`: what `untilBack` gave. */
  facts(back: { readonly waiting: number; readonly lastAt: number }): LoadFacts {
    return {
      turnedAway: this.#turnedAway,
      calls: this.#calls,
      refused: this.#refused,
      longestCallMs: Math.round(this.#longestCallMs),
      waiting: back.waiting,
      firstAcknowledgedAt: this.#firstAcknowledgedAt,
      lastWaitingAcknowledgedAt: back.lastAt,
      acknowledgedIds: this.#acknowledgedIds,
      unknownIds: this.#unknownIds,
    }
  }

  async #callUntilStored(number: number): Promise<void> {
    const { customerId, event } = loadEvent(number)
    let options: EventOptions | null = { idempotencyKey: `view-${number}` }
    for (;;) {
      options = await this.#call(customerId, event, options)
      if (options === null) return
      await pause(RETRY_MS)
    }
  }

  /** Null when it is acknowledged; else what the next call is made with. */
  async #call(
    customerId: string,
    event: ReturnType<typeof loadEvent>['event'],
    options: EventOptions,
  ): Promise<EventOptions | null> {
    const startedMs = performance.now()
    this.#calls += 1
    try {
      const { id } = await this.#producer.track(customerId, event, options)
      this.#acknowledgedIds.push(id)
      if (this.#isReturning) this.#firstAcknowledgedAt ||= Date.now()
      return null
    } catch (error) {
      return this.#again(error)
    } finally {
      this.#longestCallMs = Math.max(this.#longestCallMs, performance.now() - startedMs)
    }
  }

  #again(error: unknown): EventOptions {
    if (!(error instanceof EnqueueError) || !error.retryable) throw error
    const { code, eventId: id, occurredAt } = error
    this.#refused[code] = (this.#refused[code] ?? 0) + 1
    if (code === 'RELAY_ENQUEUE_UNKNOWN') this.#unknownIds.push(id)
    return { id, occurredAt }
  }
}
