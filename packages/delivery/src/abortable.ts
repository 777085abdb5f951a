// Waits that an abort ends. The signal of a session lives long and waits are many, so each takes its listener back.

/** Resolves when the promise has or the signal aborts, whichever is first; rejects when the promise does before. */
export async function unlessAborted(promise: Promise<unknown>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  let stopListening = (): void => undefined
  const aborted = new Promise<void>((resolve) => {
    const onAbort = (): void => resolve()
    signal.addEventListener('abort', onAbort)
    stopListening = () => signal.removeEventListener('abort', onAbort)
  })
  try {
    await Promise.race([promise, aborted])
  } finally {
    stopListening()
  }
}
