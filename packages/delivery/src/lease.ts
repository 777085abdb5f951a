// A lease as its holder sees it. It is valid until t0 + ttl - margin, t0 taken before the command was sent, and over
// as soon as the monotonic or the wall clock says so: a paused process stops one, a sleeping machine the other.
// While a requeue is on its way the holder may hold the old token or the new one.

import type { Clock } from './ports.ts'

/** A moment on both clocks. */
export interface Moment {
  readonly monotonicMs: number
  readonly wallMs: number
}

/** Now, on both clocks. */
export function momentOf(clock: Clock): Moment {
  return { monotonicMs: clock.monotonic(), wallMs: clock.wall() }
}

/** How long leases last. */
export interface LeaseTimes {
  /** What Redis is told, in milliseconds. */
  readonly ttlMs: number
  /** How much earlier the holder stops, in milliseconds. */
  readonly marginMs: number
}

/** The exclusive right to drain one partition. */
export class Lease {
  readonly partition: number
  readonly #clock: Clock
  readonly #times: LeaseTimes
  /** Tokens that Redis may hold; the last acknowledged one first. */
  #tokens: string[]
  #validUntil: Moment
  /** When the newest confirmed command was sent, on the monotonic clock. */
  #confirmedAtMs: number
  #over = false

  constructor(partition: number, token: string, since: Moment, clock: Clock, times: LeaseTimes) {
    this.partition = partition
    this.#tokens = [token]
    this.#clock = clock
    this.#times = times
    this.#validUntil = later(since, times)
    this.#confirmedAtMs = since.monotonicMs
  }

  /** The last acknowledged token. */
  get token(): string {
    return this.#tokens[0]!
  }

  /** Every token that Redis may hold. */
  get tokens(): readonly string[] {
    return this.#tokens
  }

  get ttlMs(): number {
    return this.#times.ttlMs
  }

  /** Whether commands and requests may still be sent. */
  isValid(): boolean {
    return this.remainingMs() > 0
  }

  /** Milliseconds for which it is surely valid; 0 when it is over. */
  remainingMs(): number {
    if (this.#over) return 0
    const { monotonicMs, wallMs } = this.#validUntil
    const left = Math.min(monotonicMs - this.#clock.monotonic(), wallMs - this.#clock.wall())
    // Over is over: a clock that steps back does not bring it back.
    if (left <= 0) this.#over = true
    return Math.max(0, left)
  }

  /**
   * Redis has confirmed it by a command that was sent at this moment. Renewals and requeues go on two connections:
   * a late answer to an earlier command takes nothing away.
   */
  extend(sentAt: Moment): void {
    if (!this.isValid() || sentAt.monotonicMs < this.#confirmedAtMs) return
    this.#confirmedAtMs = sentAt.monotonicMs
    this.#validUntil = later(sentAt, this.#times)
  }

  /** A requeue with this new token is about to be sent. */
  offer(newToken: string): void {
    this.#tokens.push(newToken)
  }

  /** Redis has taken this token. */
  accept(newToken: string): void {
    this.#tokens = [newToken]
  }

  /** It is lost or given back. */
  end(): void {
    this.#over = true
  }
}

function later(since: Moment, times: LeaseTimes): Moment {
  const validMs = times.ttlMs - times.marginMs
  return { monotonicMs: since.monotonicMs + validMs, wallMs: since.wallMs + validMs }
}
