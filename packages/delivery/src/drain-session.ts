// One session: from a requeue until the consumer is out of sync, has lost its lease, or is to stop. Two loops run side
// by side. The claim loop keeps enough events at hand; the send loop takes a batch, has it sent, and settles it,
// so there is at most one request in flight. Events that are claimed meanwhile gather into the next batch.

import { BatchSender } from './send-batch.ts'
import type { SenderParts } from './send-batch.ts'
import type { BatchLimits } from './batch.ts'
import { nextBatch } from './batch.ts'
import type { ByteBudget } from './byte-budget.ts'
import { deferred } from './deferred.ts'
import { JobClaims } from './claim-jobs.ts'
import { CustomerLanes } from './customer-lanes.ts'
import type { Decoded } from './inbox.ts'
import { Inbox } from './inbox.ts'
import type { MassRejection } from './mass-rejection.ts'
import { noteSettled } from './note-settled.ts'
import { deadPositionOutcome } from './outcomes.ts'
import { growDecoded } from './pending-event.ts'
import type { HeldJob, PendingEvent } from './pending-event.ts'
import type { JudgeEvent, PartitionPort } from './ports.ts'
import type { Outcome, Settlements } from './settlements.ts'
import { MAX_SETTLE_POSITIONS } from './settlements.ts'

/** Why a session ended. */
export type SessionEnd = 'out_of_sync' | 'lease_over' | 'stopped'

/** What a session works with. */
export interface SessionParts extends Omit<
  SenderParts,
  'settle' | 'acknowledged' | 'setAside' | 'hasOthers' | 'fail' | 'ended' | 'queue'
> {
  readonly namespace: string
  readonly queue: PartitionPort
  readonly judge: JudgeEvent
  readonly settlements: Settlements
  readonly budget: ByteBudget
  readonly massRejection: MassRejection
  readonly limits: BatchLimits
}

/** Drains one partition for as long as it is in sync. */
export class DrainSession {
  readonly #parts: SessionParts
  readonly #inbox: Inbox
  readonly #lanes = new CustomerLanes()
  /** Dedupe members of events on their way. */
  readonly #onTheirWay = new Set<string>()
  readonly #settles = new Set<Promise<void>>()
  readonly #claims: JobClaims
  readonly #sender: BatchSender
  readonly #ended = new AbortController()
  #end: SessionEnd | undefined
  #hasSettled = false
  /** Resolves the waits of both loops; replaced at each change. */
  #change = deferred()
  /** A job that this worker is too old for is next: nothing more is claimed or decoded. */
  #heldByNewer = false

  constructor(parts: SessionParts) {
    this.#parts = parts
    this.#inbox = new Inbox(parts.namespace, {
      historyOf: parts.histories.of,
      judge: parts.judge,
    })
    this.#claims = new JobClaims({
      ...parts,
      inbox: this.#inbox,
      lanes: this.#lanes,
      ended: this.#ended.signal,
      clear: (job) => this.#clear(job),
      lost: () => this.#lost(),
      fail: (cause) => this.#outOfSync(cause),
      changed: () => this.#changed(),
    })
    this.#sender = new BatchSender({
      ...parts,
      ended: this.#ended.signal,
      settle: (outcomes) => this.#settle(outcomes),
      acknowledged: () => this.#acknowledgements(),
      hasOthers: () => this.#inbox.events > 0 || this.#lanes.ready > 0,
      setAside: (pending, delayMs) => this.#setAside(pending, delayMs),
      fail: (cause) => this.#outOfSync(cause),
    })
  }

  /** Runs until the session ends; the request in flight and its settle have then ended too. */
  async run(): Promise<SessionEnd> {
    const { budget, settlements } = this.#parts
    // What another consumer gives back may be what this one waits for.
    const forget = budget.onFree(() => this.#changed())
    await Promise.all([this.#claimLoop(), this.#sendLoop()])
    await this.#acknowledgements()
    this.#claims.end()
    forget()
    budget.release(settlements.forgetJobs())
    return this.#end ?? 'stopped'
  }

  /** Whether a settle of this session was acknowledged. */
  get hasSettled(): boolean {
    return this.#hasSettled
  }

  /** Ends the session: the first cause counts. */
  end(cause: SessionEnd): void {
    this.#end ??= cause
    this.#ended.abort()
    this.#changed()
  }

  async #claimLoop(): Promise<void> {
    while (this.#isLive()) {
      if (this.#heldByNewer || !this.#claims.wantsMore()) await this.#change.promise
      else await this.#claims.claim()
    }
  }

  // Send

  async #sendLoop(): Promise<void> {
    try {
      while (this.#isLive()) await this.#sendNext()
    } catch (cause) {
      // A bug of ours, or a destination that was closed: nothing is lost by starting again with nothing in hand.
      this.#outOfSync(cause)
    }
  }

  async #sendNext(): Promise<void> {
    const { limits } = this.#parts
    this.#decode()
    const batch = nextBatch(this.#lanes, { onTheirWay: this.#onTheirWay, limits })
    if (batch === null) {
      await this.#change.promise
      return
    }
    for (const { pending } of batch) this.#onTheirWay.add(pending.member)
    await this.#sender.send(batch)
  }

  /** Decodes jobs until a batch can be filled, as long as the process has room for the objects. */
  #decode(): void {
    const { limits, settler, budget, observer } = this.#parts
    while (this.#lanes.ready < limits.maxOps && this.#hasRoom() && !this.#heldByNewer) {
      const decoded = this.#inbox.decodeNext()
      if (decoded === null) return
      if (decoded.kind !== 'job') return this.#hold(decoded)
      budget.hold(growDecoded(decoded.job))
      observer.decoded?.(decoded.events, decoded.producer, decoded.claims)
      for (const pending of decoded.events) this.#lanes.add(pending)
      if (decoded.dead.length > 0) {
        this.#settle(decoded.dead.map((dead) => deadPositionOutcome(dead, settler)))
      }
    }
  }

  #hold(newer: Exclude<Decoded, { kind: 'job' }>): void {
    const { observer, lease } = this.#parts
    this.#heldByNewer = true
    const detail =
      newer.kind === 'newer_format'
        ? `a job of format ${newer.version} is newer than this worker; deploy a newer worker`
        : newer.fault
    observer.paused(newer.kind, lease.partition, detail)
  }

  /** Who has nothing decoded decodes a job anyway. */
  #hasRoom(): boolean {
    return this.#parts.budget.free > 0 || this.#lanes.waiting === 0
  }

  #setAside(pending: PendingEvent, delayMs: number): void {
    this.#onTheirWay.delete(pending.member)
    this.#lanes.putBack(pending)
    void this.#parts.clock.sleep(delayMs, this.#ended.signal).then(() => {
      this.#lanes.release(pending.event.customerId)
      this.#changed()
    })
  }

  // Settle

  /** Clears away a job of which every position was settled before. */
  #clear(job: HeldJob): void {
    const { settlements, lease } = this.#parts
    this.#track(this.#acknowledged(settlements.clear(lease.token, job), []))
  }

  #settle(outcomes: readonly Outcome[]): void {
    const { settlements, lease, budget } = this.#parts
    for (let first = 0; first < outcomes.length; first += MAX_SETTLE_POSITIONS) {
      const chunk = outcomes.slice(first, first + MAX_SETTLE_POSITIONS)
      const reply = settlements.write(lease.token, chunk, (job) => budget.release(job.bytes))
      this.#track(this.#acknowledged(reply, chunk))
    }
  }

  /** Resolves when every settle written so far is acknowledged, or has ended the session. */
  async #acknowledgements(): Promise<void> {
    await Promise.all(this.#settles)
  }

  async #acknowledged(
    reply: Promise<'settled' | 'lost'>,
    outcomes: readonly Outcome[],
  ): Promise<void> {
    try {
      if ((await reply) === 'lost') this.#lost()
      else this.#release(outcomes)
    } catch (cause) {
      this.#outOfSync(cause)
    }
  }

  #release(outcomes: readonly Outcome[]): void {
    for (const { pending, member } of outcomes) {
      this.#onTheirWay.delete(member)
      if (pending !== undefined) this.#lanes.release(pending.event.customerId)
    }
    this.#hasSettled = true
    noteSettled(outcomes, this.#parts)
    this.#changed()
  }

  // State

  #isLive(): boolean {
    if (!this.#ended.signal.aborted && !this.#parts.lease.isValid()) this.end('lease_over')
    return !this.#ended.signal.aborted
  }

  #lost(): void {
    this.#parts.lease.end()
    this.end('lease_over')
  }

  #outOfSync(cause: unknown): void {
    if (this.#ended.signal.aborted) return
    this.#parts.observer.outOfSync(
      this.#parts.lease.partition,
      cause instanceof Error ? cause.message : String(cause),
    )
    this.end('out_of_sync')
  }

  #changed(): void {
    const { resolve } = this.#change
    this.#change = deferred()
    resolve()
  }

  #track(promise: Promise<void>): void {
    const tracked = promise.finally(() => this.#settles.delete(tracked))
    this.#settles.add(tracked)
  }
}
