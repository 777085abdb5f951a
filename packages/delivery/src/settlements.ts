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
  /** Written and not acknowledged, oldest first. */
  readonly #unacknowledged = new Set<SettleRequest>()

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
    return await this.#send(request)
  }

  /** Clears away a job whose positions were all settled before it was claimed. */
  async clear(token: string, job: HeldJob): Promise<'settled' | 'lost'> {
    this.#jobs.delete(job.id)
    return await this.#send({ token, jobs: [{ jobId: job.id, count: job.count, positions: [] }] })
  }

  /** Sends every unacknowledged settle again, in order. Rejects when one fails again. */
  async repeat(): Promise<void> {
    for (const request of this.#unacknowledged) await this.#send(request)
  }

  /** Forgets the held jobs, which are requeued. Returns their bytes. */
  forgetJobs(): number {
    let bytes = 0
    for (const job of this.#jobs.values()) bytes += job.bytes
    this.#jobs.clear()
    return bytes
  }

  async #send(request: SettleRequest): Promise<'settled' | 'lost'> {
    this.#unacknowledged.add(request)
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
