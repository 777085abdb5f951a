// Settles of one consumer: what is written, what is acknowledged, and how many jobs are still held. The number of
// held jobs falls when a settle is written, not when it is acknowledged, since a claim that is written after it
// on the same connection sees its effect. A settle without acknowledgement is kept and repeated: it is
// idempotent, and what it says is a fact.

import type { HeldJob, PendingEvent } from './pending-event.ts'
import type { PartitionPort, SettledPosition, SettleRequest } from './ports.ts'

/** Most positions of one settle. */
export const MAX_SETTLE_POSITIONS = 1000

/** What becomes of one position. */
export interface Outcome extends SettledPosition {
  readonly job: HeldJob
  /** Absent where the position could not be read. */
  readonly pending?: PendingEvent
}

/** Writes settles and keeps the account of held jobs. */
export class Settlements {
  readonly #queue: PartitionPort
  /** Held jobs by id. Written by `hold` and `write`. */
  readonly #jobs = new Map<string, HeldJob>()
  /** Written and not acknowledged, oldest first, with what they settle. */
  readonly #unacknowledged = new Map<SettleRequest, readonly Outcome[]>()

  constructor(queue: PartitionPort) {
    this.#queue = queue
  }

  /** Jobs in `active` after every settle written so far. */
  get held(): number {
    return this.#jobs.size
  }

  /** Settles without acknowledgement. */
  get unacknowledged(): number {
    return this.#unacknowledged.size
  }

  /** A claimed job is held from now on. */
  hold(job: HeldJob): void {
    this.#jobs.set(job.id, job)
  }

  /**
   * Writes the outcomes in one settle. Resolves with the queue's answer; rejects when the fate of the settle is
   * not known, and keeps it then for `repeat`. `finished` is called with each job that has left `active`.
   */
  async write(
    token: string,
    outcomes: readonly Outcome[],
    finished: (job: HeldJob) => void,
  ): Promise<'settled' | 'lost'> {
    const request = { token, jobs: groupByJob(outcomes) }
    for (const { job } of outcomes) {
      job.open -= 1
      if (job.open === 0 && this.#jobs.delete(job.id)) finished(job)
    }
    return await this.#send(request, outcomes)
  }

  /** Clears away a job whose positions were all settled before it was claimed. */
  async clear(token: string, job: HeldJob): Promise<'settled' | 'lost'> {
    this.#jobs.delete(job.id)
    const cleared = { jobId: job.id, count: job.count, positions: [] }
    return await this.#send({ token, jobs: [cleared] }, [])
  }

  /**
   * Sends every unacknowledged settle again, in order; `settled` is told what each of them has settled. Rejects when one
   * fails again.
   */
  async repeat(settled: (outcomes: readonly Outcome[]) => void): Promise<void> {
    for (const [request, outcomes] of this.#unacknowledged) {
      if ((await this.#send(request, outcomes)) === 'settled') settled(outcomes)
    }
  }

  /** Forgets the held jobs, which are requeued. Returns their bytes. */
  forgetJobs(): number {
    let bytes = 0
    for (const job of this.#jobs.values()) bytes += job.bytes
    this.#jobs.clear()
    return bytes
  }

  async #send(request: SettleRequest, outcomes: readonly Outcome[]): Promise<'settled' | 'lost'> {
    this.#unacknowledged.set(request, outcomes)
    const reply = await this.#queue.settle(request)
    this.#unacknowledged.delete(request)
    return reply
  }
}

function groupByJob(outcomes: readonly Outcome[]): SettleRequest['jobs'] {
  const jobs = new Map<string, { jobId: string; count: number; positions: SettledPosition[] }>()
  for (const { job, pending: _pending, ...settled } of outcomes) {
    const known = jobs.get(job.id)
    if (known === undefined)
      jobs.set(job.id, { jobId: job.id, count: job.count, positions: [settled] })
    else known.positions.push(settled)
  }
  return [...jobs.values()]
}
