// What an acknowledged settle has made of its events, in the numbers that logs, metrics and the watch over mass rejections
// are told.

import type { DeadLetterRecord, RelayEvent } from '@retention-relay/events'
import { eventLabel } from '@retention-relay/events'

import type { PendingEvent } from './pending-event.ts'
import type { SettleFacts, ToleratedEvent } from './ports.ts'
import type { Outcome } from './settlements.ts'

/** Customer.io starts no campaign for an event that happened longer ago, in milliseconds: 72 hours. */
const CAMPAIGN_AGE_MS = 3 * 24 * 60 * 60 * 1000

/** Adds the outcomes up. `nowMs` since 1970. */
export function settleFacts(
  partition: number,
  outcomes: readonly Outcome[],
  nowMs: number,
): SettleFacts {
  let duplicate = 0
  let late = 0
  const latenciesMs: number[] = []
  const deliveredEvents: RelayEvent[] = []
  const tolerated: ToleratedEvent[] = []
  const dead: DeadLetterRecord[] = []
  for (const { outcome, pending, record, job } of outcomes) {
    if (outcome === 'duplicate') duplicate += 1
    if (outcome === 'dead' && record !== undefined) dead.push(record)
    if (outcome !== 'delivered') continue
    latenciesMs.push(nowMs - job.committedAt)
    if (pending === undefined) continue
    deliveredEvents.push(pending.event)
    if (isLate(pending, nowMs)) late += 1
    if (pending.tolerated !== undefined) tolerated.push(toleratedEvent(pending, pending.tolerated))
  }
  const delivered = latenciesMs.length
  return { partition, delivered, deliveredEvents, duplicate, dead, latenciesMs, tolerated, late }
}

function isLate({ event }: PendingEvent, nowMs: number): boolean {
  return event.op === 'track' && nowMs - event.occurredAt > CAMPAIGN_AGE_MS
}

function toleratedEvent({ event }: PendingEvent, fault: string): ToleratedEvent {
  return { id: event.id, label: eventLabel(event), fault }
}
