// Waits until something is true that sends no signal of its own (a counter in Redis, a file, another process's state).
// The one place in the repository that polls: everywhere else a test waits on a promise or an event. The error says
// what the last look gave, so that a red test explains itself.
import { setTimeout as delay } from 'node:timers/promises'
import { inspect } from 'node:util'

export interface UntilOptions<T> {
  /** How long to look. Default 10,000. */
  timeoutMs?: number
  /** When the value is the one that is waited for. Default: when it is truthy. */
  accept?: (value: T) => boolean
  /** What is waited for, in the error's words. Default `the condition`. */
  what?: string
}

const INTERVAL_MS = 10

/** Resolves with the first accepted value. A look that throws counts as not yet; the error of the last one is the cause. */
export async function until<T>(
  look: () => T | Promise<T>,
  options: UntilOptions<T> = {},
): Promise<T> {
  const { timeoutMs = 10_000, accept = Boolean, what = 'the condition' } = options
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const seen = await lookOnce(look)
    if ('value' in seen && accept(seen.value)) return seen.value
    if (performance.now() > deadline) {
      const last = 'value' in seen ? inspect(seen.value) : String(seen.cause)
      const cause = 'cause' in seen ? seen : {}
      throw new Error(`${what}: not within ${timeoutMs} ms; the last look gave ${last}`, cause)
    }
    await delay(INTERVAL_MS)
  }
}

async function lookOnce<T>(look: () => T | Promise<T>): Promise<{ value: T } | { cause: unknown }> {
  try {
    return { value: await look() }
  } catch (cause) {
    return { cause }
  }
}
