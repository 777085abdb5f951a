// One session: from a requeue until the consumer is out of sync, has lost its lease, or is to stop. Two loops run side
// by side. The claim loop keeps enough events at hand; the send loop takes a batch, has it sent, and settles it,
// so there is at most one request in flight. Events that are claimed meanwhile gather into the next batch.

import type { DeadLetterRecord } from '@retention-relay/events'
import { isReplayJob } from '@retention-relay/events'

import { BatchSender } from './send-batch.ts'
import type { SenderParts } from './send-batch.ts'
import type { BatchLimits } from './batch.ts'
import { nextBatch } from './batch.ts'
import type { ByteBudget } from './byte-budget.ts'
import { deferred } from './deferred.ts'
import { CustomerLanes } from './customer-lanes.ts'
import { Inbox } from './inbox.ts'
import { deadPositionOutcome } from './outcomes.ts'
import type { PendingEvent } from './pending-event.ts'
import type { ClaimedJob, PartitionPort } from './ports.ts'
import type { Outcome, Settlements } from './settlements.ts'
import { MAX_SETTLE_POSITIONS } from './settlements.ts'

/** Why a session ended. */
export type SessionEnd = 'out_of_sync' | 'lease_over' | 'stopped'

/** Most jobs of a partition in `active`: a requeue of more would block Redis for too long. */
const MAX_HELD_JOBS = 2000
/** Most jobs and bytes of one claim. */
const CLAIM_JOBS = 200
const CLAIM_BYTES = 1_000_000
/** Batches of events that are kept at hand. */
const BATCHES_AT_HAND = 4
/** Wait of a paused partition before it looks again, in milliseconds. */
const PAUSED_LOOK_MS = 1000

/** What a session works with. */
export interface SessionParts extends Omit<
  SenderParts,
  'settle' | 'acknowledged' | 'setAside' | 'fail' | 'ended' | 'queue'
> {
  readonly namespace: string
  readonly queue: PartitionPort
  readonly settlements: Settlements
  readonly budget: ByteBudget
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
  readonly #sender: BatchSender
  readonly #ended = new AbortController()
  #end: SessionEnd | undefined
  #hasSettled = false
  /** The last claim found the queue paused. */
  #isPaused = false
  /** Resolves the waits of both loops; replaced at each change. */
  #change = deferred()
  /** A job of a newer format is next: nothing more is claimed or decoded. */
  #heldByNewer = false

  constructor(parts: SessionParts) {
    this.#parts = parts
    this.#inbox = new Inbox(parts.namespace)
    this.#sender = new BatchSender({
      ...parts,
      ended: this.#ended.signal,
      settle: (outcomes) => this.#settle(outcomes),
      acknowledged: () => this.#acknowledgements(),
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
    // The next session says so again if it still is.
    this.#notePause(false)
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

  // Claim

  async #claimLoop(): Promise<void> {
    while (this.#isLive()) {
      if (this.#wantsMore()) await this.#claimOnce()
      else await this.#change.promise
    }
  }

  #wantsMore(): boolean {
    const { settlements, budget, limits } = this.#parts
    if (this.#heldByNewer || settlements.held + CLAIM_JOBS > MAX_HELD_JOBS) return false
    // Who holds nothing claims a job anyway: a partition that is stuck with the whole budget does not stop the others.
    if (budget.free <= 0 && settlements.held > 0) return false
    const atHand = this.#inbox.events + this.#lanes.waiting
    // Many events of few customers do not fill a batch: look further ahead.
    return (
      atHand < BATCHES_AT_HAND * limits.maxOps ||
      (this.#inbox.events === 0 && this.#lanes.ready < limits.maxOps)
    )
  }

  async #claimOnce(): Promise<void> {
    const { queue, lease, settlements, clock, budget } = this.#parts
    const signal = this.#ended.signal
    try {
      // At the least one job comes, however large it is.
      const maxBytes = Math.max(1, Math.min(CLAIM_BYTES, budget.free))
      const reply = await queue.claim({
        token: lease.token,
        maxJobs: CLAIM_JOBS,
        maxBytes,
        held: settlements.held,
      })
      this.#notePause(reply.kind === 'paused')
      if (reply.kind === 'lost') this.#lost()
      else if (reply.kind === 'out_of_sync')
        this.#outOfSync(`${reply.active} jobs are active, not those that are held`)
      else if (reply.kind === 'paused') await clock.sleep(PAUSED_LOOK_MS, signal)
      else if (reply.jobs.length === 0) await queue.work(signal)
      else this.#hold(reply.jobs)
    } catch (cause) {
      this.#outOfSync(cause)
    }
  }

  /** A person pauses a queue in BullMQ's own way. */
  #notePause(isPaused: boolean): void {
    if (isPaused === this.#isPaused) return
    this.#isPaused = isPaused
    const { observer, lease } = this.#parts
    if (isPaused) observer.paused('operator', lease.partition, 'the queue is paused in BullMQ')
    else observer.resumed('operator', lease.partition)
  }

  #hold(jobs: readonly ClaimedJob[]): void {
    const { settlements, budget, lease, observer } = this.#parts
    let events = 0
    for (const claimed of jobs) {
      const job = this.#inbox.add(claimed)
      settlements.hold(job)
      if (claimed.claims === 1 && !isReplayJob(claimed.name)) events += job.count
      if (job.open > 0) budget.hold(job.bytes)
      else this.#track(this.#acknowledged(settlements.clear(lease.token, job), []))
    }
    if (events > 0) observer.claimed(lease.partition, events)
    this.#changed()
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
    this.#decode()
    const batch = nextBatch(this.#lanes, this.#onTheirWay, this.#parts.limits)
    if (batch === null) {
      await this.#change.promise
      return
    }
    for (const { pending } of batch) this.#onTheirWay.add(pending.member)
    await this.#sender.send(batch)
  }

  /** Decodes jobs until a batch can be filled. */
  #decode(): void {
    const { limits, settler, observer, lease } = this.#parts
    while (this.#lanes.ready < limits.maxOps && !this.#heldByNewer) {
      const decoded = this.#inbox.decodeNext()
      if (decoded === null) return
      if (decoded.kind === 'newer_format') {
        this.#heldByNewer = true
        const detail = `a job of format ${decoded.version} is newer than this worker; deploy a newer worker`
        observer.paused('newer_format', lease.partition, detail)
        return
      }
      for (const pending of decoded.events) this.#lanes.add(pending)
      if (decoded.dead.length > 0) {
        this.#settle(decoded.dead.map((dead) => deadPositionOutcome(dead, settler)))
      }
    }
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
    const { observer, lease, clock } = this.#parts
    const now = clock.wall()
    let duplicate = 0
    const latenciesMs: number[] = []
    const dead: DeadLetterRecord[] = []
    for (const { outcome, pending, record, job, member } of outcomes) {
      if (outcome === 'delivered') latenciesMs.push(now - job.committedAt)
      else if (outcome === 'duplicate') duplicate += 1
      else if (record !== undefined) dead.push(record)
      this.#onTheirWay.delete(member)
      if (pending !== undefined) this.#lanes.release(pending.event.customerId)
    }
    this.#hasSettled = true
    observer.settled({
      partition: lease.partition,
      delivered: latenciesMs.length,
      duplicate,
      dead,
      latenciesMs,
    })
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
