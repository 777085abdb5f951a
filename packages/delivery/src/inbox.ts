// Claimed jobs, in order, until they are decoded. They stay bytes as long as possible: decoded events take four
// times the memory. Decoding gives the open events of a job, and the positions that cannot be delivered.

import type { DeadReason, JobPosition } from '@retention-relay/events'
import {
  decodeJob,
  dedupeMember,
  JOB_READ_BYTES,
  jobCount,
  unreadJob,
} from '@retention-relay/events'

import type { HeldJob, HistoryOf, PendingEvent } from './pending-event.ts'
import { holdJob, pendEvent } from './pending-event.ts'
import type { ClaimedJob } from './ports.ts'

/** A position that is dead before it is sent. */
export interface DeadPosition {
  readonly job: HeldJob
  readonly position: number
  readonly member: string
  readonly reason: Extract<DeadReason, 'malformed' | 'wrong_environment'>
  readonly fault: string
  readonly content: JobPosition
}

/** What decoding the next job gave. */
export type Decoded =
  | {
      readonly kind: 'job'
      readonly job: HeldJob
      readonly events: readonly PendingEvent[]
      /** Whoever made the job, where it says so. */
      readonly producer: string | undefined
      readonly dead: readonly DeadPosition[]
    }
  /** Written by a newer version: the partition waits for a newer worker. */
  | { readonly kind: 'newer_format'; readonly version: number }

/** Claimed jobs that are not decoded yet. */
export class Inbox {
  readonly #namespace: string
  readonly #historyOf: HistoryOf
  #jobs: { readonly held: HeldJob; readonly claimed: ClaimedJob }[] = []
  #events = 0

  /** `historyOf` gives what earlier sessions know of a dedupe member. */
  constructor(namespace: string, historyOf: HistoryOf) {
    this.#namespace = namespace
    this.#historyOf = historyOf
  }

  /** Open events in it. */
  get events(): number {
    return this.#events
  }

  /** Adds a claimed job at the end, unless all its positions are settled. */
  add(claimed: ClaimedJob): HeldJob {
    // A replay is an ordinary job with a name of its own, so that it is not counted as accepted.
    const held = holdJob(claimed, jobCount(claimed.name) ?? 1)
    if (held.open > 0) this.#jobs.push({ held, claimed })
    this.#events += held.open
    return held
  }

  /** Decodes the first job and takes it out; null when it is empty. A job of a newer format stays. */
  decodeNext(): Decoded | null {
    const first = this.#jobs[0]
    if (first === undefined) return null
    const { held, claimed } = first
    const decoded =
      claimed.data.length > JOB_READ_BYTES
        ? unreadJob(claimed.data, held.count)
        : decodeJob(claimed.data.toString('utf8'), held.count, this.#namespace)
    if (decoded.kind === 'newer_format') return decoded
    this.#jobs.shift()
    this.#events -= held.open
    const events: PendingEvent[] = []
    const dead: DeadPosition[] = []
    decoded.positions.forEach((content, position) => {
      if (isSettled(claimed.settled, position)) return
      if (content.kind === 'malformed') {
        const member = dedupeMember(`${claimed.id}.${position}`)
        dead.push({
          job: held,
          position,
          member,
          reason: 'malformed',
          fault: content.fault,
          content,
        })
      } else if (decoded.kind === 'wrong_namespace') {
        const member = dedupeMember(content.event.id)
        const fault = `the job is of namespace ${decoded.namespace}`
        dead.push({ job: held, position, member, reason: 'wrong_environment', fault, content })
      } else {
        events.push(pendEvent(content.event, held, position, this.#historyOf))
      }
    })
    const producer = decoded.kind === 'events' ? decoded.producer : undefined
    return { kind: 'job', job: held, events, producer, dead }
  }
}

function isSettled(settled: string, position: number): boolean {
  return settled !== '' && settled[position] !== '-'
}
