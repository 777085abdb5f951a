// `waitFor`: promises that resolve when the counts satisfy them, woken by what happens, never by
// looking again and again. Woken one turn of the event loop after the event, and not before every
// suspicion of an overlap has been decided: who waits for the last operation wants final counts.
import type { Clock } from '../clock.ts'
import type { MockSummary } from './summary.ts'

export type SummaryPredicate = (summary: MockSummary) => boolean

interface Waiter {
  predicate: SummaryPredicate
  resolve: (summary: MockSummary) => void
  reject: (error: Error) => void
  cancelTimeout: () => void
}

export class SummaryWaiters {
  readonly #clock: Clock
  readonly #summary: () => MockSummary
  readonly #isFinal: () => boolean
  readonly #waiters = new Set<Waiter>()
  #isScheduled = false

  /** @param isFinal whether the counts can be shown: nothing that was counted is in suspense */
  constructor(clock: Clock, summary: () => MockSummary, isFinal: () => boolean) {
    this.#clock = clock
    this.#summary = summary
    this.#isFinal = isFinal
  }

  /**
   * Resolves with the counts that satisfied `predicate`. Rejects, naming the counts, after
   * `timeoutMs` and when the mock is closed.
   */
  wait(predicate: SummaryPredicate, timeoutMs: number): Promise<MockSummary> {
    return new Promise((resolve, reject) => {
      const cancelTimeout = this.#clock.after(timeoutMs, () => {
        this.#end(waiter)
        reject(this.#failure(`the counts did not get there within ${timeoutMs} ms`))
      })
      const waiter: Waiter = { predicate, resolve, reject, cancelTimeout }
      this.#waiters.add(waiter)
      this.changed()
    })
  }

  /** Something was counted. */
  changed(): void {
    if (this.#isScheduled || this.#waiters.size === 0) return
    this.#isScheduled = true
    setImmediate(() => this.#wake())
  }

  rejectAll(reason: string): void {
    for (const waiter of this.#waiters) {
      this.#end(waiter)
      waiter.reject(this.#failure(reason))
    }
  }

  #wake(): void {
    this.#isScheduled = false
    if (!this.#isFinal()) return this.changed()
    const summary = this.#summary()
    for (const waiter of this.#waiters) this.#tell(waiter, summary)
  }

  #tell(waiter: Waiter, summary: MockSummary): void {
    try {
      if (!waiter.predicate(summary)) return
      waiter.resolve(summary)
    } catch (error) {
      waiter.reject(error instanceof Error ? error : new Error(String(error)))
    }
    this.#end(waiter)
  }

  #end(waiter: Waiter): void {
    waiter.cancelTimeout()
    this.#waiters.delete(waiter)
  }

  #failure(reason: string): Error {
    return new Error(`${reason}; counts: ${JSON.stringify(this.#summary())}`)
  }
}
