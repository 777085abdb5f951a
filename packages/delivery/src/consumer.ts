// A worker's side of one leased partition.
//
//   requeueing   enters: at the start, and whenever the last session was out of sync. Repeats the settles that are not
//                acknowledged, puts every active job back and takes a new token. Leaves: to draining; to ended when
//                the lease is over. Bounded by the lease.
//   draining     a session runs. Leaves: to requeueing when it is out of sync; to ending when it is to stop or the
//                lease is over.
//   ending       the last settles are repeated; after a stop the jobs are put back, so that the successor finds them in
//                order. Bounded by the grace of the stop, or by the lease for the requeue.
//   ended        nothing is held. The lease may be released.

import { DrainSession } from './drain-session.ts'
import type { SessionParts } from './drain-session.ts'
import { momentOf } from './lease.ts'
import { noteSettled } from './note-settled.ts'
import { SendHistories } from './send-histories.ts'
import { Settlements } from './settlements.ts'

/** States of a consumer. */
export type ConsumerState = 'requeueing' | 'draining' | 'ending' | 'ended'

/** The legal changes of state; docs/lifecycle.md draws them. */
export const CONSUMER_EDGES: Readonly<Record<ConsumerState, readonly ConsumerState[]>> = {
  requeueing: ['draining', 'ending'],
  draining: ['requeueing', 'ending'],
  ending: ['ended'],
  ended: [],
}

/** Wait after a failed command when the connection seems to be ready, in milliseconds. */
const RETRY_MS = 50

/** Longest rest between sessions that settle nothing, in milliseconds. */
const REST_CAP_MS = 1000

/** What a consumer works with. */
export interface ConsumerParts extends Omit<SessionParts, 'settlements' | 'histories' | 'cut'> {
  /** A token that was never used. */
  readonly nextToken: () => string
}

/** Drains one partition until it is stopped or its lease is over. */
export class Consumer {
  readonly #parts: ConsumerParts
  readonly #settlements: Settlements
  readonly #histories = new SendHistories()
  /** Aborts when the consumer is to stop or its lease is over. */
  readonly #leaving = new AbortController()
  /** Aborts the request in flight. */
  readonly #cut = new AbortController()
  /** Aborts everything: the grace is over. */
  readonly #given = new AbortController()
  readonly #done: Promise<void>
  #state: ConsumerState = 'requeueing'
  #session: DrainSession | undefined
  #isStop = false
  /** Sessions in a row that ended out of sync before they settled anything. */
  #fruitless = 0

  /** Starts at once. */
  constructor(parts: ConsumerParts) {
    this.#parts = parts
    this.#settlements = new Settlements(parts.queue)
    this.#done = this.#run()
  }

  get state(): ConsumerState {
    return this.#state
  }

  /** Resolves when it has ended. */
  get done(): Promise<void> {
    return this.#done
  }

  /** The lease is over: ends at once; what is in flight is settled when it returns. */
  leaseOver(): void {
    this.#leaving.abort()
    this.#session?.end('lease_over')
  }

  /**
   * Stops: nothing more is claimed or sent; the request in flight may end within `requestMs`, everything within
   * `graceMs`. Resolves when it has ended.
   */
  async stop(requestMs: number, graceMs: number): Promise<void> {
    this.#isStop = true
    this.#leaving.abort()
    this.#session?.end('stopped')
    const over = new AbortController()
    const bounds = [
      this.#abortAfter(requestMs, this.#cut, over.signal),
      this.#abortAfter(graceMs, this.#given, over.signal),
    ]
    await this.#done
    over.abort()
    await Promise.all(bounds)
  }

  /** Once the consumer has ended it no longer matters. */
  async #abortAfter(delayMs: number, bound: AbortController, over: AbortSignal): Promise<void> {
    await this.#parts.clock.sleep(delayMs, over)
    bound.abort()
  }

  async #run(): Promise<void> {
    while (await this.#requeue(this.#leaving.signal)) {
      this.#enter('draining')
      this.#session = new DrainSession({
        ...this.#parts,
        settlements: this.#settlements,
        histories: this.#histories,
        cut: this.#cut.signal,
      })
      if (this.#leaving.signal.aborted) this.#session.end('stopped')
      const end = await this.#session.run()
      if (end !== 'out_of_sync') break
      this.#enter('requeueing')
      await this.#restAfter(this.#session.hasSettled)
    }
    this.#enter('ending')
    if (this.#isStop) await this.#requeue(this.#given.signal)
    // What was delivered is a fact, lease or not: without it the next owner delivers again.
    await this.#repeatSettles(this.#given.signal)
    this.#enter('ended')
  }

  #enter(state: ConsumerState): void {
    if (!CONSUMER_EDGES[this.#state].includes(state)) {
      throw new Error(`a consumer cannot go from ${this.#state} to ${state}`)
    }
    this.#state = state
  }

  /** Sessions that end again and again without settling anything begin ever more slowly. */
  async #restAfter(hasSettled: boolean): Promise<void> {
    this.#fruitless = hasSettled ? 0 : this.#fruitless + 1
    if (this.#fruitless <= 1) return
    const restMs = Math.min(REST_CAP_MS, RETRY_MS * 2 ** (this.#fruitless - 2))
    await this.#parts.clock.sleep(restMs, this.#leaving.signal)
  }

  /** True when every job is waiting again and the new token holds. */
  async #requeue(signal: AbortSignal): Promise<boolean> {
    const { lease, queue, nextToken, clock } = this.#parts
    if (!(await this.#repeatSettles(signal))) return false
    while (lease.isValid() && !signal.aborted) {
      try {
        await queue.ready(signal)
        const sentAt = momentOf(clock)
        const token = nextToken()
        lease.offer(token)
        const reply = await queue.requeue(token, lease.tokens, lease.ttlMs, this.#uncertain())
        if (reply === 'lost') break
        lease.accept(token)
        lease.extend(sentAt)
        return true
      } catch {
        await clock.sleep(RETRY_MS, signal)
      }
    }
    return false
  }

  /** What a former owner held may be in flight still; of its own requests the consumer knows. */
  #uncertain(): 'active' | readonly string[] {
    return this.#session === undefined ? 'active' : this.#histories.uncertainJobs
  }

  /** Repeats settles until all are acknowledged; false when the signal aborted first. */
  async #repeatSettles(signal: AbortSignal): Promise<boolean> {
    const { queue, clock } = this.#parts
    const noted = { ...this.#parts, histories: this.#histories }
    while (this.#settlements.unacknowledged > 0) {
      try {
        await queue.ready(signal)
        await this.#settlements.repeat((outcomes) => noteSettled(outcomes, noted))
      } catch {
        if (signal.aborted) return false
        await clock.sleep(RETRY_MS, signal)
      }
    }
    return true
  }
}
