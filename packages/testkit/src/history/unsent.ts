// Unsent: something that the destination received or the relay buried, though no producer handed it over: nobody called
// it, or each call was refused, and a refusal says that the event is certainly not stored.

import type { CalledEvent } from './called-events.ts'
import type { Finding } from './finding.ts'
import type { DeadLetterLine } from './records.ts'
import type { Traffic } from './traffic.ts'

export function findUnsent(
  events: ReadonlyMap<string, CalledEvent>,
  { received }: Traffic,
  deadLetters: readonly DeadLetterLine[],
): Finding[] {
  const found = new Map<string, Finding>()
  const accuse = (event: CalledEvent | null, id: string, at: number, request: number | null) => {
    if (event !== null && event.storedFrom < Infinity) return
    if (found.has(id)) return
    const why = event === null ? 'never_called' : 'refused'
    found.set(id, { kind: 'unsent', why, id, at, request })
  }
  for (const { operation, event, effect } of received) {
    const { action, customerId, id, mark, at, request } = operation
    if (effect === 'refused' && id === null) continue // Nobody can say which one it was.
    accuse(event, event?.id ?? id ?? `${action} ${customerId} ${mark}`.trimEnd(), at, request)
  }
  for (const { id, diedAt } of deadLetters) accuse(events.get(id) ?? null, id, diedAt, null)
  return [...found.values()]
}
