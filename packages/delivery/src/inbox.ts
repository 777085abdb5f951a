// Claimed jobs, in order, until they are decoded. They stay bytes as long as possible: decoded events take four
// times the memory. Decoding gives the open events of a job, and the positions that cannot be delivered. A job with
// anything in it that is newer than this worker stays where it is.

import type { DecodedJob } from '@retention-relay/events'
import { decodeJob, JOB_READ_BYTES, jobCount, unreadJob } from '@retention-relay/events'

import type { DeadPosition, Opened, OpeningParts } from './open-positions.ts'
import { openPositions } from './open-positions.ts'
import type { HeldJob, PendingEvent } from './pending-event.ts'
import { holdJob } from './pending-event.ts'
import type { ClaimedJob } from './ports.ts'

/** What decoding the next job gave. */
export type Decoded =
  | {
      readonly kind: 'job'
      readonly job: HeldJob
      readonly events: readonly PendingEvent[]
      /** Whoever made the job, where it says so. */
      readonly producer: string | undefined
      /** How often the job was claimed, this time included. */
      readonly claims: number
      readonly dead: readonly DeadPosition[]
    }
  /** Written by a newer version: the partition waits for a newer worker. */
  | Extract<DecodedJob, { kind: 'newer_format' }>
  | Extract<Opened, { kind: 'newer_event' }>

/** Claimed jobs that are not decoded yet. */
export class Inbox {
  readonly #namespace: string
  readonly #opening: OpeningParts
  #jobs: { readonly held: HeldJob; readonly claimed: ClaimedJob }[] = []
  #events = 0

  constructor(namespace: string, opening: OpeningParts) {
    this.#namespace = namespace
    this.#opening = opening
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

  /** Decodes the first job and takes it out; null when it is empty. A job that is newer, or holds what is, stays. */
  decodeNext(): Decoded | null {
    const first = this.#jobs[0]
    if (first === undefined) return null
    const { held, claimed } = first
    const decoded = this.#decode(claimed, held.count)
    if (decoded.kind === 'newer_format') return decoded
    const opened = openPositions(decoded, held, claimed.settled, this.#opening)
    if (opened.kind === 'newer_event') return opened
    this.#jobs.shift()
    this.#events -= held.open
    const producer = decoded.kind === 'events' ? decoded.producer : undefined
    const { events, dead } = opened
    return { kind: 'job', job: held, events, producer, claims: claimed.claims, dead }
  }

  #decode({ data }: ClaimedJob, count: number): DecodedJob {
    if (data.length > JOB_READ_BYTES) return unreadJob(data, count)
    return decodeJob(data.toString('utf8'), count, this.#namespace)
  }
}
