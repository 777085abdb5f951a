// Counts what the worker of this process settles, and keeps the times from commit to acknowledged settle.

import type { WorkerParts } from '@retention-relay/worker'

type Observer = NonNullable<WorkerParts['observer']>

/** Counts of settled events. */
export interface Counts {
  readonly delivered: number
  readonly duplicate: number
  /** Not sent, since an order came first. */
  readonly superseded: number
  /** Dead letters of all other reasons. */
  readonly dead: number
}

const NOTHING: Counts = { delivered: 0, duplicate: 0, superseded: 0, dead: 0 }

/** Keeps the counts of one process. */
export class Tally {
  #counts = { ...NOTHING }
  /** Kept from the first `reset` on: a stream without an end would fill the memory. */
  #latenciesMs: number[] | undefined
  #waiters: { readonly settled: number; readonly resolve: () => void }[] = []

  get counts(): Counts {
    return this.#counts
  }

  get settled(): number {
    const { delivered, duplicate, superseded, dead } = this.#counts
    return delivered + duplicate + superseded + dead
  }

  /** Commit to acknowledged settle at a part of all delivered events (0.5, 0.99), in milliseconds. */
  latencyMs(part: number): number {
    const sorted = (this.#latenciesMs ?? []).toSorted((one, other) => one - other)
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0
  }

  /** Begins to count anew. */
  reset(): void {
    this.#counts = { ...NOTHING }
    this.#latenciesMs = []
  }

  /** Resolves when so many events are settled. */
  async untilSettled(settled: number): Promise<void> {
    if (this.settled >= settled) return
    await new Promise<void>((resolve) => {
      this.#waiters.push({ settled, resolve })
    })
  }

  observer(): Observer {
    return {
      settled: (facts) => {
        this.#counts.delivered += facts.delivered
        this.#counts.duplicate += facts.duplicate
        const superseded = facts.dead.filter(({ reason }) => reason === 'superseded').length
        this.#counts.superseded += superseded
        this.#counts.dead += facts.dead.length - superseded
        this.#latenciesMs?.push(...facts.latenciesMs)
        const reached = this.#waiters.filter(({ settled }) => this.settled >= settled)
        this.#waiters = this.#waiters.filter((waiter) => !reached.includes(waiter))
        for (const { resolve } of reached) resolve()
      },
    }
  }
}
