// A source of chance that can be repeated: the same seed gives the same numbers on every machine. Each part of a run has a
// stream of its own, so that one more draw in one part does not change the others.

import { createHash } from 'node:crypto'

/** A stream of random numbers (sfc32, seeded by a hash). */
export class Random {
  readonly #state: Uint32Array

  constructor(seed: number, stream: string) {
    const hash = createHash('sha256').update(`${seed}\0${stream}`).digest()
    this.#state = Uint32Array.from([0, 4, 8, 12], (at) => hash.readUInt32LE(at))
  }

  /** 0 ≤ x < 1. */
  next(): number {
    const state = this.#state
    const [a, b, c, counter] = [state[0]!, state[1]!, state[2]!, state[3]!]
    const result = (a + b + counter) >>> 0
    state[3] = counter + 1
    state[0] = b ^ (b >>> 9)
    state[1] = c + (c << 3)
    state[2] = ((c << 21) | (c >>> 11)) + result
    return result / 2 ** 32
  }

  /** A whole number, both bounds included. */
  whole(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1))
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  pick<Entry>(entries: readonly Entry[]): Entry {
    return entries[Math.floor(this.next() * entries.length)]!
  }

  /** The greater its weight, the likelier an entry. */
  weighted<Entry extends { readonly weight: number }>(entries: readonly Entry[]): Entry {
    let rest = this.next() * entries.reduce((sum, { weight }) => sum + weight, 0)
    for (const entry of entries) {
      rest -= entry.weight
      if (rest < 0) return entry
    }
    return entries.at(-1)!
  }
}
