// Whether requests may go to the endpoint at all. One breaker per process, told the verdict of every request.
//
//   closed    every request may go. Leaves: to open after a few failures in a row, whatever partitions they are of.
//   open      nobody sends until the next probe is due. Leaves: to probing when it is; to closed when a request that had
//             left before is accepted. Bounded by the probe wait.
//   probing   one real batch is on its way, the others wait in line. Leaves: to closed when anything is accepted, to
//             open when the probe fails. Bounded by the request's timeout.
//
// After it has closed the rate begins small, so that an endpoint that has just come back is not run over.

import { unlessAborted } from './abortable.ts'
import { backoffMs } from './backoff.ts'
import { deferred } from './deferred.ts'
import type { Clock, DeliveryObserver } from './ports.ts'

/** Failures in a row that open it. */
export const OPEN_AFTER = 5
/** Longest wait between two probes of one process, in milliseconds: one request each is no burden. */
export const PROBE_CAP_MS = 10_000

/** States of the breaker. */
export type BreakerState = 'closed' | 'open' | 'probing'

/** The legal changes of state; docs/lifecycle.md draws them. */
export const BREAKER_EDGES: Readonly<Record<BreakerState, readonly BreakerState[]>> = {
  closed: ['open'],
  open: ['probing', 'closed'],
  probing: ['open', 'closed'],
}

/** The right to one request; given back with its verdict. */
export interface Permit {
  readonly isProbe: boolean
}

/** What a request says about the endpoint. `unknown`: nothing, or it was not sent. */
export type Verdict = 'up' | 'down' | 'unknown'

/** What a breaker works with. */
export interface BreakerParts {
  readonly clock: Clock
  /** Gives 0..1. */
  readonly random: () => number
  readonly observer: Pick<DeliveryObserver, 'paused' | 'resumed'>
  /** Called when it has closed again. */
  readonly closed: () => void
  /** Called when it has opened. */
  readonly opened?: () => void
}

/** The breaker of one endpoint. */
export class CircuitBreaker {
  readonly #parts: BreakerParts
  #state: BreakerState = 'closed'
  /** Failures since the last verdict `up`. */
  #failures = 0
  /** When the next probe may go, on the monotonic clock. */
  #probeAtMs = 0
  /** Requests that wait in `enter`. */
  #waiting = 0
  /** Resolves at each change of state. */
  #change = deferred()

  constructor(parts: BreakerParts) {
    this.#parts = parts
  }

  get state(): BreakerState {
    return this.#state
  }

  /** Requests that wait for their turn. */
  get waiting(): number {
    return this.#waiting
  }

  /** Waits, in order of the calls, until a request may go; null when the signal aborted first. */
  async enter(signal: AbortSignal): Promise<Permit | null> {
    this.#waiting += 1
    try {
      return await this.#pass(signal)
    } finally {
      this.#waiting -= 1
    }
  }

  async #pass(signal: AbortSignal): Promise<Permit | null> {
    const { clock } = this.#parts
    while (!signal.aborted) {
      if (this.#state === 'closed') return { isProbe: false }
      if (this.#state === 'probing') await unlessAborted(this.#change.promise, signal)
      else if (clock.monotonic() < this.#probeAtMs) await this.#waitForProbe(signal)
      else {
        this.#to('probing')
        return { isProbe: true }
      }
    }
    return null
  }

  /** A request has ended. `detail` and `leastWaitMs`, which the endpoint asked for, belong to `down`. */
  leave(permit: Permit, verdict: Verdict, detail = '', leastWaitMs = 0): void {
    if (verdict === 'up') this.#up()
    else if (verdict === 'down') this.#down(permit, detail, leastWaitMs)
    else if (permit.isProbe && this.#state === 'probing') this.#to('open')
  }

  #up(): void {
    this.#failures = 0
    if (this.#state === 'closed') return
    this.#to('closed')
    this.#parts.closed()
    this.#parts.observer.resumed('destination', null)
  }

  /** Requests that left before it opened say nothing new when they fail. */
  #down(permit: Permit, detail: string, leastWaitMs: number): void {
    if (this.#state === 'open' || (this.#state === 'probing' && !permit.isProbe)) return
    this.#failures += 1
    if (this.#failures < OPEN_AFTER) return
    const { clock, random, observer } = this.#parts
    const tries = this.#failures - OPEN_AFTER + 1
    const waitMs = backoffMs(tries, random, { leastMs: leastWaitMs, capMs: PROBE_CAP_MS })
    this.#probeAtMs = clock.monotonic() + waitMs
    const isFirst = this.#state === 'closed'
    this.#to('open')
    if (!isFirst) return
    observer.paused('destination', null, `${this.#failures} requests in a row failed: ${detail}`)
    this.#parts.opened?.()
  }

  async #waitForProbe(signal: AbortSignal): Promise<void> {
    const over = new AbortController()
    const timer = this.#parts.clock.sleep(
      this.#probeAtMs - this.#parts.clock.monotonic(),
      over.signal,
    )
    await unlessAborted(Promise.race([timer, this.#change.promise]), signal)
    over.abort()
  }

  #to(state: BreakerState): void {
    if (!BREAKER_EDGES[this.#state].includes(state)) {
      throw new Error(`a circuit breaker cannot go from ${this.#state} to ${state}`)
    }
    this.#state = state
    const { resolve } = this.#change
    this.#change = deferred()
    resolve()
  }
}
