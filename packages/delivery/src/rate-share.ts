// This worker's share of the workspace's request rate: a token bucket whose rate is limit × leased partitions /
// partitions. Leases are exclusive, so the shares of all workers add up to the limit without a counter in Redis.
// It starts empty, and a 429 halves it; each accepted request brings a little of it back.

import { deferred } from './deferred.ts'
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
  /** The request that waits last; the next one waits behind it. */
  #queue: Promise<void> = Promise.resolve()

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

  /** Sets the part of all partitions that this worker leases, 0..1. */
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

  /** The destination accepted a request. */
  recover(): void {
    this.#factor = Math.min(1, this.#factor + RECOVER)
  }

  /** Resolves when a request may go, in order of the calls; false when the signal aborted first. */
  async take(signal: AbortSignal): Promise<boolean> {
    const before = this.#queue
    const { promise, resolve } = deferred()
    this.#queue = promise
    if (!(await isResolved(before, signal))) {
      // Those behind it still wait for those before it.
      void before.then(resolve)
      return false
    }
    try {
      return await this.#takeNow(signal)
    } finally {
      resolve()
    }
  }

  async #takeNow(signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      this.#refill()
      if (this.#tokens >= 1) {
        this.#tokens -= 1
        return true
      }
      // Without a share, or with a tiny one, look again after a while: the share may grow.
      const waitMs = this.perSecond > 0 ? ((1 - this.#tokens) * 1000) / this.perSecond : 250
      await this.#clock.sleep(Math.min(250, Math.max(1, waitMs)), signal)
    }
    return false
  }

  #refill(): void {
    const now = this.#clock.monotonic()
    const gained = ((now - this.#filledAt) * this.perSecond) / 1000
    this.#tokens = Math.min(this.#depth(), this.#tokens + gained)
    this.#filledAt = now
  }

  #depth(): number {
    return this.#share === 0 ? 0 : Math.max(1, (this.perSecond * DEPTH_MS) / 1000)
  }
}

/** True when the promise resolves, false when the signal aborts first. */
async function isResolved(promise: Promise<void>, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false
  return await new Promise((resolve) => {
    const giveUp = (): void => resolve(false)
    signal.addEventListener('abort', giveUp)
    void promise.then(() => {
      signal.removeEventListener('abort', giveUp)
      resolve(true)
    })
  })
}
