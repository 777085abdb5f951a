// This worker's share of the workspace's request rate: a token bucket whose rate is limit × leased partitions /
// partitions. Leases are exclusive, so the shares of all workers add up to the limit without a counter in Redis.
// It starts empty, a 429 halves it, and after an outage it begins with a tenth; each accepted request brings a little
// of it back.

import type { Clock } from './ports.ts'

/** Kept back from the limit, since clocks and networks are not exact. */
const USED_PART = 0.9
/** Depth of the bucket in milliseconds of the share. */
const DEPTH_MS = 100
/** What a 429 leaves of the rate, and how far it may fall. */
const SHRINK = 0.5
const LEAST = 0.02
/** What an accepted request brings back of the full rate. */
const RECOVER = 0.01
/** Of the rate, after the endpoint was away. */
const SLOW_START = 0.1

/** Longest wait before the share is looked at again, in milliseconds. */
const LOOK_MS = 250

/** A token bucket; one token is one request. */
export class RateShare {
  readonly #clock: Clock
  /** Requests per second and workspace. */
  readonly #limit: number
  /** Part of the limit that the leases give, 0..1. */
  #share = 0
  /** Part of the share that the destination takes at present, 0..1. */
  #factor = 1
  #tokens = 0
  #filledAt: number
  /** Requests that wait, the first one first. */
  readonly #turns: object[] = []

  /** `limit`: requests per second of the whole workspace. */
  constructor(limit: number, clock: Clock) {
    this.#limit = limit
    this.#clock = clock
    this.#filledAt = clock.monotonic()
  }

  /** Requests per second that this worker may send now. */
  get perSecond(): number {
    return this.#limit * USED_PART * this.#share * this.#factor
  }

  /** Sets the part of all partitions that this worker leases, 0..1. The last lease takes the bucket's content along. */
  setShare(share: number): void {
    this.#refill()
    this.#share = share
    this.#tokens = Math.min(this.#tokens, this.#depth())
  }

  /** The destination answered 429. */
  shrink(): void {
    this.#refill()
    this.#factor = Math.max(LEAST, this.#factor * SHRINK)
    this.#tokens = 0
  }

  /** The endpoint has come back from an outage. */
  startSlowly(): void {
    this.#refill()
    this.#factor = Math.min(this.#factor, SLOW_START)
    this.#tokens = Math.min(this.#tokens, this.#depth())
  }

  /** The destination accepted a request. */
  recover(): void {
    this.#factor = Math.min(1, this.#factor + RECOVER)
  }

  /** Resolves when a request may go, in order of the calls; false when the signal aborted first. */
  async take(signal: AbortSignal): Promise<boolean> {
    const turn = {}
    this.#turns.push(turn)
    try {
      while (!signal.aborted) {
        this.#refill()
        const before = this.#turns.indexOf(turn)
        if (before === 0 && this.#tokens >= 1) {
          this.#tokens -= 1
          return true
        }
        await this.#clock.sleep(this.#waitMs(before + 1), signal)
      }
      return false
    } finally {
      this.#turns.splice(this.#turns.indexOf(turn), 1)
    }
  }

  /** A request that was let go was not sent after all. */
  giveBack(): void {
    this.#refill()
    this.#tokens = Math.min(this.#depth(), this.#tokens + 1)
  }

  /** Until there are so many tokens; without a share, or with a tiny one, a while: the share may grow. */
  #waitMs(tokens: number): number {
    if (this.perSecond === 0) return LOOK_MS
    return Math.min(LOOK_MS, Math.max(1, ((tokens - this.#tokens) * 1000) / this.perSecond))
  }

  #refill(): void {
    const now = this.#clock.monotonic()
    const gained = ((now - this.#filledAt) * this.perSecond) / 1000
    this.#tokens = Math.min(this.#depth(), this.#tokens + gained)
    this.#filledAt = now
  }

  #depth(): number {
    if (this.#share === 0) return 0
    return Math.max(1, (this.perSecond * DEPTH_MS) / 1000)
  }
}
