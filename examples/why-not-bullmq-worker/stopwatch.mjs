// Seconds of the results, to a tenth.

/** Starts at once; the returned function tells the seconds since. */
export function startStopwatch() {
  const started = performance.now()
  return () => Math.round((performance.now() - started) / 100) / 10
}
