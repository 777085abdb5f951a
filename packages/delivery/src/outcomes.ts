// From a decision about an event to the outcome that settle makes durable.

import type { DeadLetterRecord, DeadReason, Rejection } from '@retention-relay/events'
import { eventLabel } from '@retention-relay/events'

import type { DeadPosition } from './open-positions.ts'
import type { PendingEvent } from './pending-event.ts'

import type { Outcome } from './settlements.ts'

/** Who settles, and when: written into dead letters. */
export interface Settler {
  readonly partition: number
  readonly worker: string
  /** Wall clock in milliseconds. */
  readonly now: () => number
}

/** The event was delivered, or was before. */
export function deliveredOutcome(
  pending: PendingEvent,
  outcome: 'delivered' | 'duplicate',
): Outcome {
  return { job: pending.job, position: pending.position, member: pending.member, outcome, pending }
}

/** The event will not be delivered without a person's decision. */
export function deadOutcome(
  pending: PendingEvent,
  reason: DeadReason,
  rejection: Partial<Rejection>,
  settler: Settler,
): Outcome {
  const { event } = pending
  const record: DeadLetterRecord = {
    id: event.id,
    reason,
    label: eventLabel(event),
    customerId: event.customerId,
    event,
    ...refusal(rejection),
    attempts: pending.history.attempts,
    maybeDelivered: pending.history.maybeDelivered,
    ...stamp(settler, pending.job.committedAt),
  }
  return {
    job: pending.job,
    position: pending.position,
    member: pending.member,
    outcome: 'dead',
    record,
    pending,
  }
}

/** A position of a job that is dead before it is sent. */
export function deadPositionOutcome(dead: DeadPosition, settler: Settler): Outcome {
  const { job, position, member, content } = dead
  const read = content.kind === 'event' ? content.event : undefined
  const record: DeadLetterRecord = {
    id: read?.id ?? `${job.id}.${position}`,
    reason: dead.reason,
    label: read === undefined ? '' : eventLabel(read),
    ...(read === undefined ? {} : { customerId: read.customerId, event: read }),
    ...(content.kind === 'malformed' ? { raw: content.raw } : {}),
    message: dead.fault,
    attempts: 0,
    // Whoever sent it before went by another tracking plan; what could not be read was never sent.
    maybeDelivered: dead.reason === 'invalid' && job.maybeDelivered,
    ...stamp(settler, job.committedAt),
  }
  return { job, position, member, outcome: 'dead', record }
}

function refusal(
  rejection: Partial<Rejection>,
): Pick<DeadLetterRecord, 'status' | 'field' | 'message'> {
  const { status, field, message, reason } = rejection
  const text = message ?? reason
  return {
    ...(status === undefined ? {} : { status }),
    ...(field === undefined ? {} : { field }),
    ...(text === undefined ? {} : { message: text }),
  }
}

function stamp(
  settler: Settler,
  committedAt: number,
): Pick<DeadLetterRecord, 'committedAt' | 'diedAt' | 'partition' | 'worker'> {
  return {
    committedAt,
    diedAt: settler.now(),
    partition: settler.partition,
    worker: settler.worker,
  }
}
