// The clock of Redis, as the last sign of life has told it, beside the one of this machine. A virtual machine that was
// suspended wakes up with a clock that is hours behind, and every live event would happen in its future; one that is a day ahead
// would find every checkout too old. An event dies of its time only where both clocks say so.

/** The clocks that it reads. */
export interface OwnClocks {
  /** Milliseconds since some moment; never goes back. */
  readonly monotonic: () => number
  /** Milliseconds since 1970. */
  readonly wall: () => number
}

/** Two wall clocks. */
export class WallClocks {
  readonly #own: OwnClocks
  /** Redis' clock less the monotonic one; undefined until Redis has told it. */
  #offsetMs: number | undefined

  constructor(own: OwnClocks) {
    this.#own = own
  }

  /** Redis has told its time, in milliseconds since 1970. */
  told(nowMs: number): void {
    this.#offsetMs = nowMs - this.#own.monotonic()
  }

  /** The later of the two, in milliseconds since 1970. */
  later(): number {
    return Math.max(...this.#both())
  }

  /** The earlier of the two, in milliseconds since 1970. */
  earlier(): number {
    return Math.min(...this.#both())
  }

  #both(): number[] {
    const wall = this.#own.wall()
    return this.#offsetMs === undefined ? [wall] : [wall, this.#own.monotonic() + this.#offsetMs]
  }
}
