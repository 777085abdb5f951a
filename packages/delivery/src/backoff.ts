// Exponential backoff with full jitter: the wait before attempt n is random between 0 and min(cap, base × 2^(n-1)).

/** First bound in milliseconds. */
export const BACKOFF_BASE_MS = 500
/** Largest bound in milliseconds. */
export const BACKOFF_CAP_MS = 60_000

/** Bounds of a wait, in milliseconds. */
export interface BackoffBounds {
  /** What the destination asked for: never less. Default 0. */
  readonly leastMs?: number
  /** Default 60,000. */
  readonly capMs?: number
}

/** Wait in milliseconds after the given number of failures (1 or more). `random` gives 0..1. */
export function backoffMs(
  failures: number,
  random: () => number,
  { leastMs = 0, capMs = BACKOFF_CAP_MS }: BackoffBounds = {},
): number {
  const bound = Math.min(capMs, BACKOFF_BASE_MS * 2 ** Math.min(failures - 1, 20))
  return Math.max(leastMs, Math.round(random() * bound))
}
