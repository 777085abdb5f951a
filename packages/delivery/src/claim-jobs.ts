// Claims jobs for a session: enough that the next batches can be full, within the bounds of a partition and of the
// process. Claimed jobs go to the inbox and are held from then on.

import { isReplayJob } from '@retention-relay/events'

import type { BatchLimits } from './batch.ts'
import type { ByteBudget } from './byte-budget.ts'
import type { CustomerLanes } from './customer-lanes.ts'
import type { Inbox } from './inbox.ts'
import type { Lease } from './lease.ts'
import type { HeldJob } from './pending-event.ts'
import type { ClaimedJob, Clock, DeliveryObserver, PartitionPort } from './ports.ts'
import type { Settlements } from './settlements.ts'

/** Most jobs of a partition in `active`: a requeue of more would block Redis for too long. */
const MAX_HELD_JOBS = 2000
/** Most jobs and bytes of one claim. */
const CLAIM_JOBS = 200
const CLAIM_BYTES = 1_000_000
/** Batches of events that are kept at hand. */
const BATCHES_AT_HAND = 4
/** Wait of a paused partition before it looks again, in milliseconds. */
const PAUSED_LOOK_MS = 1000

/** What claiming needs. */
export interface ClaimParts {
  readonly lease: Lease
  readonly queue: Pick<PartitionPort, 'claim' | 'work'>
  readonly settlements: Settlements
  readonly inbox: Inbox
  readonly lanes: CustomerLanes
  readonly budget: ByteBudget
  readonly limits: BatchLimits
  readonly clock: Clock
  readonly observer: DeliveryObserver
  /** Aborts when the session ends. */
  readonly ended: AbortSignal
  /** Clears away a job of which every position was settled before. */
  readonly clear: (job: HeldJob) => void
  /** Another owner has the partition. */
  readonly lost: () => void
  /** The session is out of sync. */
  readonly fail: (cause: unknown) => void
  /** Something was claimed. */
  readonly changed: () => void
}

/** Claims of one session. */
export class JobClaims {
  readonly #parts: ClaimParts
  /** The last claim found the queue paused. */
  #isPaused = false

  constructor(parts: ClaimParts) {
    this.#parts = parts
  }

  /** Whether there is room, and need, for more. */
  wantsMore(): boolean {
    const { settlements, budget, limits, inbox, lanes } = this.#parts
    if (settlements.held + CLAIM_JOBS > MAX_HELD_JOBS) return false
    // Who holds nothing claims a job anyway: a partition that is stuck with the whole budget does not stop the others.
    if (budget.free <= 0 && settlements.held > 0) return false
    const atHand = inbox.events + lanes.waiting
    // Many events of few customers do not fill a batch: look further ahead.
    return (
      atHand < BATCHES_AT_HAND * limits.maxOps ||
      (inbox.events === 0 && lanes.ready < limits.maxOps)
    )
  }

  /** One claim; where nothing is to be had it waits until there may be. */
  async claim(): Promise<void> {
    const { queue, lease, settlements, clock, budget, ended, lost, fail } = this.#parts
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
      if (reply.kind === 'lost') lost()
      else if (reply.kind === 'out_of_sync')
        fail(`${reply.active} jobs are active, not those that are held`)
      else if (reply.kind === 'paused') await clock.sleep(PAUSED_LOOK_MS, ended)
      else if (reply.jobs.length === 0) await queue.work(ended)
      else this.#hold(reply.jobs)
    } catch (cause) {
      fail(cause)
    }
  }

  /** The session ends: the next one says that the queue is paused if it still is. */
  end(): void {
    this.#notePause(false)
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
    const { settlements, inbox, budget, lease, observer, clear, changed } = this.#parts
    let events = 0
    for (const claimed of jobs) {
      const job = inbox.add(claimed)
      settlements.hold(job)
      if (claimed.claims === 1 && !isReplayJob(claimed.name)) events += job.count
      if (job.open > 0) budget.hold(job.bytes)
      else clear(job)
    }
    if (events > 0) observer.claimed(lease.partition, events)
    changed()
  }
}
