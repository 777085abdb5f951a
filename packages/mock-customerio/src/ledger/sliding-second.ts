// How many things happened in the second that ends now: exact, one number kept per thing.
// Used twice: for the busiest second of a run, and to enforce a request rate.

const WINDOW_MS = 1_000
const COMPACT_ABOVE = 4_096

export class SlidingSecond {
  #times: number[] = []
  /** Index of the first time that is still inside the window. */
  #head = 0

  add(nowMs: number): void {
    this.#times.push(nowMs)
  }

  /** How many were added in (nowMs - 1,000 ms, nowMs]. */
  count(nowMs: number): number {
    while ((this.#times[this.#head] ?? Infinity) <= nowMs - WINDOW_MS) this.#head += 1
    if (this.#head > COMPACT_ABOVE) {
      this.#times = this.#times.slice(this.#head)
      this.#head = 0
    }
    return this.#times.length - this.#head
  }

  /** How long until the oldest leaves the window, in ms; 0 when there is none. */
  untilNextMs(nowMs: number): number {
    const oldest = this.#times[this.#head]
    return oldest === undefined ? 0 : Math.max(0, oldest + WINDOW_MS - nowMs)
  }
}
