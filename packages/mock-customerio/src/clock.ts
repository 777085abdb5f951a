// Time as the mock sees it: the wall clock and delayed calls.
// Passed in, so that a test decides when a delay is over instead of waiting for it.

/** The mock's only source of time. */
export interface Clock {
  /** Wall clock, milliseconds since 1970. */
  now(): number
  /** Calls `run` once after `delayMs`; the returned function cancels it. */
  after(delayMs: number, run: () => void): () => void
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs)
    return () => clearTimeout(timer)
  },
}
