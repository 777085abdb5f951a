// Time as the transport needs it, so that a test can hold it in its hand.

/** A monotonic clock. */
export interface Clock {
  /** Milliseconds since some moment. */
  now(): number
  /** Calls `action` once after `delayMs` unless the returned function is called before. */
  after(delayMs: number, action: () => void): () => void
}

/** The clock of this process. */
export const PROCESS_CLOCK: Clock = {
  now: () => performance.now(),
  after: (delayMs, action) => {
    const timer = setTimeout(action, delayMs)
    return () => clearTimeout(timer)
  },
}
