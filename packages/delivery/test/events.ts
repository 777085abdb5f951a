// Events and jobs for the tests.
import { createUlidSource, jobName } from '@retention-relay/events'
import type { IdentifyEvent, ProfileEvent, RelayEvent, TrackEvent } from '@retention-relay/events'

import type { HeldJob, PendingEvent } from '../src/pending-event.ts'
import { holdJob, pendEvent } from '../src/pending-event.ts'
import type { ClaimedJob, JudgeEvent } from '../src/ports.ts'
import { SendHistories } from '../src/send-histories.ts'

export const NAMESPACE = 'test'

const nextUlid = createUlidSource()
const occurredAt = Date.UTC(2026, 10, 24, 11)

/** A judge to whom every event is right. */
export const allValid: JudgeEvent = (event) => ({ kind: 'valid', event })

/** A track. */
export function track(customerId: string, changes: Partial<TrackEvent> = {}): TrackEvent {
  const name = 'order_placed'
  return { op: 'track', id: nextUlid(), customerId, occurredAt, name, data: {}, ...changes }
}

/** An identify. */
export function identify(customerId: string): IdentifyEvent {
  return {
    op: 'identify',
    id: nextUlid(),
    customerId,
    occurredAt,
    attributes: { vip_tier: 'gold' },
  }
}

/** A profile operation. */
export function suppress(customerId: string): ProfileEvent {
  return { op: 'suppress', id: nextUlid(), customerId, occurredAt }
}

/** A claimed job with these events. */
export function claimedJob(
  events: readonly RelayEvent[],
  changes: Partial<ClaimedJob> = {},
): ClaimedJob {
  return {
    id: `c-${nextUlid()}`,
    name: jobName(events.length),
    data: Buffer.from(JSON.stringify({ v: 1, ns: NAMESPACE, events })),
    committedAt: occurredAt,
    claims: 1,
    settled: '',
    maybeDelivered: false,
    ...changes,
  }
}

/** Pending events of one job. */
export function pendAll(...events: RelayEvent[]): PendingEvent[] {
  const job: HeldJob = holdJob(claimedJob(events), events.length)
  return events.map((event, position) => pendEvent(event, job, position, new SendHistories().of))
}
