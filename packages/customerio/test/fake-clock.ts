// A clock that stands still until a test moves it, and whose alarms ring when the test says so.

import type { Clock } from '../src/clock.ts'

/** A clock in the hand of a test. */
export class FakeClock implements Clock {
  nowMs = 0
  /** The delays of all alarms that were ever set. */
  readonly delaysMs: number[] = []
  readonly #alarms = new Set<() => void>()

  now(): number {
    return this.nowMs
  }

  after(delayMs: number, action: () => void): () => void {
    this.delaysMs.push(delayMs)
    this.#alarms.add(action)
    return () => this.#alarms.delete(action)
  }

  /** Rings all alarms that are set. */
  ring(): void {
    for (const action of this.#alarms) action()
  }
}
