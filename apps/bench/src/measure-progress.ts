// Measures a drain from outside: reads how many are done every 20 ms. The clock starts with the first one that is done,
// so that the start of the process does not count.

/** Progress of a drain. */
export interface Progress {
  readonly done: number
  readonly seconds: number
  readonly perSecond: number
}

const SAMPLE_MS = 20

/** Waits until all are done. */
export async function measureProgress(
  all: number,
  readDone: () => Promise<number>,
): Promise<Progress> {
  let startedMs: number | undefined
  let first = 0
  for (;;) {
    const done = await readDone()
    const nowMs = performance.now()
    if (done > 0 && startedMs === undefined) [startedMs, first] = [nowMs, done]
    if (done >= all && startedMs !== undefined) {
      const seconds = (nowMs - startedMs) / 1000
      return { done: done - first, seconds, perSecond: Math.round((done - first) / seconds) }
    }
    await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS))
  }
}
