// Exponential backoff with full jitter: the wait before attempt n is random between 0 and min(cap, base × 2^(n-1)).

/** First bound in milliseconds. */
export const BACKOFF_BASE_MS = 500
/** Largest bound in milliseconds. */
export const BACKOFF_CAP_MS = 60_000

/**
 * Wait in milliseconds after the given number of failures (1 or more). A wait that the destination asked for is
 * the least. `random` gives 0..1.
 */
export function backoffMs(failures: number, random: () => number, retryAfterMs = 0): number {
  const bound = Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** Math.min(failures - 1, 20))
  return Math.max(retryAfterMs, Math.round(random() * bound))
}
