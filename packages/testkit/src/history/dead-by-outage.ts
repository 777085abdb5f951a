// Dead by outage: a dead letter whose reason the load did not plant. Only a fault of the event itself may make one. And
// one that was received must say that it may have been: the person who decides about its replay reads it there.

import type { CalledEvent } from './called-events.ts'
import type { Finding } from './finding.ts'
import type { DeadLetterLine } from './records.ts'
import type { Traffic } from './traffic.ts'

export function findDeadByOutage(
  events: ReadonlyMap<string, CalledEvent>,
  { takenOf }: Traffic,
  deadLetters: readonly DeadLetterLine[],
): Finding[] {
  return deadLetters.flatMap(({ id, reason, maybeDelivered, diedAt }): Finding[] => {
    const event = events.get(id)
    if (event === undefined) return [] // Nobody called it: an unsent one.
    const found = { kind: 'deadByOutage', id, reason, diedAt } as const
    if (event.planted !== reason) return [{ ...found, why: 'not_planted' }]
    if (maybeDelivered || !takenOf.has(event)) return []
    return [{ ...found, why: 'not_marked_as_delivered' }]
  })
}
