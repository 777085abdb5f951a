// Lost: an acknowledged event of which nothing was received and no dead letter is kept; undelivered where a job still holds it
// at the end. What was acknowledged before Redis lost its disk is gone with it.

import type { CalledEvent } from './called-events.ts'
import type { Finding } from './finding.ts'
import type { History } from './history.ts'
import type { Traffic } from './traffic.ts'

export function findLost(
  events: Iterable<CalledEvent>,
  { takenOf }: Traffic,
  { deadLetters, unfinished, run }: Pick<History, 'deadLetters' | 'unfinished' | 'run'>,
): Finding[] {
  const dead = new Set(deadLetters.map(({ id }) => id))
  const held = new Set(unfinished)
  const wipedAt = Math.max(-Infinity, ...run.wipes)
  const found: Finding[] = []
  for (const event of events) {
    const { id, customerId, acknowledgedAt, acknowledgedLast } = event
    if (acknowledgedAt === null || acknowledgedLast === null || acknowledgedLast <= wipedAt)
      continue
    if (takenOf.has(event) || dead.has(id)) continue
    const process = event.lastPlace?.process ?? ''
    const kind = held.has(id) ? 'undelivered' : 'lost'
    found.push({ kind, id, customerId, process, acknowledgedAt })
  }
  return found
}
