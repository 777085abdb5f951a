// The open positions of a decoded job: each is an event to deliver, or is dead before it is sent. Every event is judged by
// the tracking plan, whoever stored it: one of an older version is brought forward, one that does not match is dead, and
// one of a newer version holds the job, so that nothing behind it overtakes. An event that may have been delivered is
// judged too: after a worker was killed that is said of every event it held, and of those it would not have sent as well.

import type { DeadReason, DecodedJob, JobPosition } from '@retention-relay/events'
import { dedupeMember } from '@retention-relay/events'

import type { HeldJob, HistoryOf, PendingEvent } from './pending-event.ts'
import { pendEvent } from './pending-event.ts'
import type { JudgeEvent } from './ports.ts'

/** A position that is dead before it is sent. */
export interface DeadPosition {
  readonly job: HeldJob
  readonly position: number
  readonly member: string
  readonly reason: Extract<DeadReason, 'malformed' | 'wrong_environment' | 'invalid'>
  readonly fault: string
  readonly content: JobPosition
}

/** What the positions of a job are. */
export type Opened =
  | {
      readonly kind: 'opened'
      readonly events: readonly PendingEvent[]
      readonly dead: readonly DeadPosition[]
    }
  /** One of its events is newer than the tracking plan: the partition waits for a newer worker. */
  | { readonly kind: 'newer_event'; readonly fault: string }

/** A job that could be decoded. */
export type ReadJob = Exclude<DecodedJob, { kind: 'newer_format' }>

/** What opening needs. */
export interface OpeningParts {
  /** What earlier sessions know of a dedupe member. */
  readonly historyOf: HistoryOf
  readonly judge: JudgeEvent
}

type Position =
  | { readonly kind: 'pending'; readonly pending: PendingEvent }
  | { readonly kind: 'dead'; readonly dead: DeadPosition }
  | Extract<Opened, { kind: 'newer_event' }>

/** Opens the positions that are not settled. `settled`: one letter per position, as the claim tells. */
export function openPositions(
  read: ReadJob,
  job: HeldJob,
  settled: string,
  parts: OpeningParts,
): Opened {
  const events: PendingEvent[] = []
  const dead: DeadPosition[] = []
  for (const [position, content] of read.positions.entries()) {
    if (isSettled(settled, position)) continue
    const opened = openPosition(read, { job, position, content }, parts)
    if (opened.kind === 'newer_event') return opened
    if (opened.kind === 'dead') dead.push(opened.dead)
    else events.push(opened.pending)
  }
  return { kind: 'opened', events, dead }
}

function openPosition(
  read: ReadJob,
  place: Pick<DeadPosition, 'job' | 'position' | 'content'>,
  { historyOf, judge }: OpeningParts,
): Position {
  const { job, position, content } = place
  if (content.kind === 'malformed') {
    const member = dedupeMember(`${job.id}.${position}`)
    return died({ ...place, member, reason: 'malformed', fault: content.fault })
  }
  const member = dedupeMember(content.event.id)
  if (read.kind === 'wrong_namespace') {
    const fault = `the job is of namespace ${read.namespace}`
    return died({ ...place, member, reason: 'wrong_environment', fault })
  }
  const judged = judge(content.event)
  switch (judged.kind) {
    case 'newer':
      return { kind: 'newer_event', fault: judged.fault }
    case 'invalid':
      return died({ ...place, member, reason: 'invalid', fault: judged.fault })
    case 'valid':
      return { kind: 'pending', pending: pendEvent(judged.event, job, position, historyOf) }
    case 'tolerated': {
      const pending = pendEvent(judged.event, job, position, historyOf)
      return { kind: 'pending', pending: { ...pending, tolerated: judged.fault } }
    }
  }
}

function died(dead: DeadPosition): Position {
  return { kind: 'dead', dead }
}

function isSettled(settled: string, position: number): boolean {
  return settled !== '' && settled[position] !== '-'
}
