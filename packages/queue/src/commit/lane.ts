// Group commit of one partition. Events enter in the order of calls and leave in commits; one commit is in flight at
// most, so the order of calls is the order of the queue, through every repetition.
//
// States:
//   idle        No commit in flight. Entered at the start and when a commit's fate is known. Left at once when events
//               are pending and the connection can be written to; pending events are refused at their deadline.
//   committing  A commit is in flight and all its callers wait. It is repeated under the same job id, on whatever
//               connection there is, while no attempt was answered. Left when its fate is known, or at the first
//               deadline of a caller.
//   unresolved  A caller was told that the fate is unknown. The commit is still in flight and still repeated, without
//               end: only an answer proves that no late attempt of it can overtake later events. Pending and new
//               events are refused meanwhile, since they would have to wait behind it.
//   closed      Nothing is added any more.
//
// A caller's deadline is `timeoutMs` after its call. Why an unresolved commit is kept: without it a Redis that hung for
// 12 s stored each event that callers had given up on and sent again up to six times.

import { jobName } from '@retention-relay/events'
import type { Tombstones } from '@retention-relay/events'

import type { AddOutcome } from './add-outcome.ts'
import { answered, refused, unknown, unreplicated } from './commit-fate.ts'
import type { EnqueueError } from './enqueue-error.ts'
import { groupSize, jobText } from './group.ts'
import type { JobHead } from './group.ts'
import type { NewJob } from './commit-queue.ts'
import type { EncodedEvent, PendingEvent } from './pending-event.ts'

/** A job of callers' events. */
export interface CommitJob extends NewJob {
  /** What must stand in Redis before it is added. */
  readonly tombstones: readonly Tombstones[]
}

/** Where a lane commits to. */
export interface CommitTarget {
  /** Whether the connection can be written to now. */
  readonly ready: () => boolean
  /** One attempt. Never rejects. */
  readonly add: (job: CommitJob) => Promise<AddOutcome>
}

/** What a lane needs. */
export interface CommitLaneOptions {
  readonly target: CommitTarget
  /** Beginning of the data of each job. */
  readonly head: JobHead
  /** How long a caller waits. */
  readonly timeoutMs: number
  /** Told how many callers were resolved or rejected. */
  readonly onSettled: (count: number) => void
  readonly nextUlid: () => string
  readonly monotonicMs: () => number
}

type LaneState = 'idle' | 'committing' | 'unresolved' | 'closed'

/** The legal changes of state; docs/lifecycle.md draws them. */
export const LANE_EDGES: Readonly<Record<LaneState, readonly LaneState[]>> = {
  idle: ['committing', 'closed'],
  committing: ['idle', 'unresolved', 'closed'],
  unresolved: ['idle', 'closed'],
  closed: [],
}

interface Commit {
  readonly job: CommitJob
  readonly callers: readonly PendingEvent[]
  /** Callers before this place have given up. */
  waitingFrom: number
  /** An attempt was written and not answered: it may be stored, or may yet be. */
  lost: Error | undefined
  /** Attempts that brought no certainty. */
  attempts: number
}

const BEHIND_UNKNOWN = 'an earlier commit of its partition has no answer yet'

/** Pause before the connection is looked at again, and the first one before a repeated attempt. */
const RETRY_MS = 50

/** Longest pause between attempts of a commit whose fate is unknown. */
const RETRY_CAP_MS = 1000

/** One partition's lane. */
export class CommitLane {
  readonly #options: CommitLaneOptions
  /** Written by `#enter` alone. */
  #state: LaneState = 'idle'
  /** In the order of calls. */
  #pending: PendingEvent[] = []
  /** The commit in flight; set in `committing` and `unresolved`. */
  #commit: Commit | undefined
  /** Set until the end of the turn in which an event came. */
  #pumpIsDue = false
  /** Set while a pause before the next look at the connection runs; never beside an attempt. */
  #retryTimer: NodeJS.Timeout | undefined
  /** Set while a caller waits: fires at the oldest deadline, or before. */
  #expiryTimer: NodeJS.Timeout | undefined

  constructor(options: CommitLaneOptions) {
    this.#options = options
  }

  /** Takes an event in. Its caller is resolved or rejected at the deadline at the latest. */
  push(pending: PendingEvent): void {
    if (this.#state === 'unresolved') {
      this.#reject([pending], (event) => refused(event, BEHIND_UNKNOWN, this.#commit?.lost))
      return
    }
    this.#pending.push(pending)
    this.#expiryTimer ??= setTimeout(() => this.#expire(), this.#options.timeoutMs)
    if (this.#pumpIsDue) return
    // After the caller's turn: calls made together are committed together.
    this.#pumpIsDue = true
    queueMicrotask(() => {
      this.#pumpIsDue = false
      this.#pump()
    })
  }

  /** Stops for good. Callers that still wait are rejected. */
  close(): void {
    clearTimeout(this.#retryTimer)
    clearTimeout(this.#expiryTimer)
    this.#giveUpWaiting(Number.POSITIVE_INFINITY, 'the producer is closed')
    this.#refusePending(this.#pending.length, 'the producer is closed')
    this.#enter('closed')
  }

  /** Starts the next commit, or looks again later. */
  #pump(): void {
    if (this.#state !== 'idle' || this.#pending.length === 0) return
    const { target, head, nextUlid } = this.#options
    if (!target.ready()) {
      this.#retryLater()
      return
    }
    const callers = this.#pending.splice(0, groupSize(this.#pending))
    const job = {
      id: `c-${nextUlid()}`,
      name: jobName(callers.length),
      text: jobText(head, callers),
      tombstones: callers.flatMap(({ event }) => event.tombstones ?? []),
    }
    this.#commit = { job, callers, waitingFrom: 0, lost: undefined, attempts: 0 }
    this.#enter('committing')
    void this.#attempt(this.#commit)
  }

  async #attempt(commit: Commit): Promise<void> {
    // A pause that began before this attempt must not end in a second one beside it.
    clearTimeout(this.#retryTimer)
    this.#retryTimer = undefined
    const outcome = await this.#options.target.add(commit.job)
    if (this.#state === 'closed') return
    switch (outcome.kind) {
      case 'stored':
        this.#stored(commit)
        break
      case 'unreplicated':
        this.#failed(commit, (event) => unreplicated(event, outcome.confirmed))
        break
      case 'lost':
        commit.lost = outcome.cause
        this.#repeatLater(commit)
        break
      case 'not_written':
      case 'refused':
      case 'failed':
        // After a lost attempt this answer tells nothing: that one may be stored, or may yet be.
        if (commit.lost !== undefined) this.#repeatLater(commit)
        else if (outcome.kind === 'not_written') this.#putBack(commit)
        else this.#failed(commit, (event) => answered(event, outcome))
        break
    }
  }

  #stored(commit: Commit): void {
    const waiting = commit.callers.slice(commit.waitingFrom)
    for (const caller of waiting) caller.resolve()
    this.#options.onSettled(waiting.length)
    this.#next()
  }

  #failed(commit: Commit, error: (event: EncodedEvent) => EnqueueError): void {
    this.#reject(commit.callers.slice(commit.waitingFrom), error)
    this.#next()
  }

  #next(): void {
    this.#commit = undefined
    this.#enter('idle')
    this.#pump()
  }

  /** Nothing was written: the events are the oldest pending ones again. */
  #putBack(commit: Commit): void {
    this.#pending.unshift(...commit.callers.slice(commit.waitingFrom))
    this.#commit = undefined
    this.#enter('idle')
    this.#retryLater()
  }

  #repeatLater(commit: Commit): void {
    const delayMs = Math.min(RETRY_CAP_MS, RETRY_MS * 2 ** Math.min(commit.attempts, 10))
    commit.attempts += 1
    this.#retryLater(delayMs)
  }

  #retryLater(delayMs: number = RETRY_MS): void {
    this.#retryTimer ??= setTimeout(() => {
      this.#retryTimer = undefined
      if (this.#commit === undefined) this.#pump()
      else if (this.#options.target.ready()) void this.#attempt(this.#commit)
      else this.#retryLater()
    }, delayMs)
  }

  /** Rejects the callers whose time is over. */
  #expire(): void {
    this.#expiryTimer = undefined
    const { timeoutMs, monotonicMs } = this.#options
    const overMs = monotonicMs() - timeoutMs
    this.#giveUpWaiting(overMs, `Redis did not answer within ${timeoutMs} ms`)
    if (this.#state === 'unresolved') {
      this.#refusePending(this.#pending.length, BEHIND_UNKNOWN)
    } else {
      this.#refusePending(countUntil(this.#pending, overMs), 'Redis cannot be reached')
    }
    const oldest = this.#commit?.callers[this.#commit.waitingFrom] ?? this.#pending[0]
    if (oldest === undefined) return
    this.#expiryTimer = setTimeout(() => this.#expire(), Math.max(1, oldest.sinceMs - overMs))
  }

  #giveUpWaiting(overMs: number, reason: string): void {
    const commit = this.#commit
    if (commit === undefined) return
    const waiting = commit.callers.slice(commit.waitingFrom)
    const over = waiting.slice(0, countUntil(waiting, overMs))
    commit.waitingFrom += over.length
    this.#reject(over, (event) => unknown(event, reason, commit.lost))
    if (over.length > 0 && this.#state === 'committing') this.#enter('unresolved')
  }

  #refusePending(count: number, reason: string): void {
    this.#reject(this.#pending.splice(0, count), (event) => refused(event, reason))
  }

  #reject(callers: readonly PendingEvent[], error: (event: EncodedEvent) => EnqueueError): void {
    for (const caller of callers) caller.reject(error(caller.event))
    if (callers.length > 0) this.#options.onSettled(callers.length)
  }

  #enter(state: LaneState): void {
    if (!LANE_EDGES[this.#state].includes(state)) {
      throw new Error(`a commit lane cannot go from ${this.#state} to ${state}`)
    }
    this.#state = state
  }
}

/** How many at the beginning called at `overMs` or before. */
function countUntil(callers: readonly PendingEvent[], overMs: number): number {
  const first = callers.findIndex((caller) => caller.sinceMs > overMs)
  return first === -1 ? callers.length : first
}
