// A clock in the test's hand. Time moves only by `advance`; between two sleepers everything that can go on without time
// goes on.
import { setMaxListeners } from 'node:events'

import type { Clock } from '../src/ports.ts'

interface Sleeper {
  readonly until: number
  readonly wake: () => void
}

/** Lets everything go on that needs no time. */
export async function idle(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve)
  })
}

/** Both clocks and all sleeps. */
export class FakeClock implements Clock {
  #monotonicMs = 5_000
  #wallMs = Date.UTC(2026, 10, 24, 12)
  readonly #sleepers = new Set<Sleeper>()

  monotonic(): number {
    return this.#monotonicMs
  }

  wall(): number {
    return this.#wallMs
  }

  /** Sleeps that have not ended. */
  get sleepers(): number {
    return this.#sleepers.size
  }

  async sleep(delayMs: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    setMaxListeners(0, signal)
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        this.#sleepers.delete(sleeper)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      const sleeper = { until: this.#monotonicMs + delayMs, wake }
      this.#sleepers.add(sleeper)
      signal.addEventListener('abort', wake)
    })
  }

  /** Moves both clocks, waking the sleepers on the way in their order. */
  async advance(ms: number): Promise<void> {
    const end = this.#monotonicMs + ms
    for (;;) {
      await idle()
      const next = this.#nextSleeper()
      if (next === undefined || next.until > end) break
      this.jump(next.until - this.#monotonicMs)
      next.wake()
    }
    this.jump(end - this.#monotonicMs)
    await idle()
  }

  /** Moves from sleeper to sleeper until the promise has settled. Throws when it has not within `limitMs`. */
  async until<T>(promise: Promise<T>, limitMs = 3_600_000): Promise<T> {
    let isDone = false
    const note = (): void => {
      isDone = true
    }
    promise.then(note, note)
    const end = this.#monotonicMs + limitMs
    for (;;) {
      await idle()
      if (isDone) return await promise
      const next = this.#nextSleeper()
      if (next === undefined) throw new Error('nothing sleeps, and the promise has not settled')
      if (next.until > end) throw new Error(`the promise has not settled within ${limitMs} ms`)
      this.jump(next.until - this.#monotonicMs)
      next.wake()
    }
  }

  /** Moves the clocks without letting anything go on, as a blocked process or a changed clock does. */
  jump(monotonicMs: number, wallMs: number = monotonicMs): void {
    this.#monotonicMs += monotonicMs
    this.#wallMs += wallMs
  }

  #nextSleeper(): Sleeper | undefined {
    return [...this.#sleepers].toSorted((one, other) => one.until - other.until)[0]
  }
}
