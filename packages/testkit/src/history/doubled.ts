// Doubled: an event that had its effect twice. A track has a ULID, by which Customer.io drops a repeat. An identify or a
// profile operation has none: it may come again only if the outcome of the one before was unknown, and an identify then
// carries the same timestamp, so that it overwrites nothing newer.

import { mayComeAgain } from './disturbances.ts'
import type { Finding } from './finding.ts'
import type { RunFacts } from './records.ts'
import type { Received, Traffic } from './traffic.ts'

export interface Repeats {
  readonly findings: readonly Finding[]
  /** Operations other than tracks that came again after an unknown outcome. */
  readonly excused: number
}

export function findDoubled({ takenOf }: Traffic, run: RunFacts): Repeats {
  const findings: Finding[] = []
  let excused = 0
  for (const taken of takenOf.values()) {
    for (let at = 1; at < taken.length; at += 1) {
      const why = whyDoubled(taken[at - 1]!, taken[at]!, run)
      if (why === null) excused += 1
      else findings.push(doubled(taken[at - 1]!, taken[at]!, why))
    }
  }
  return { findings, excused }
}

type Why = Extract<Finding, { kind: 'doubled' }>['why']

function whyDoubled(former: Received, again: Received, run: RunFacts): Why | null {
  const { action, timestamp } = again.operation
  if (action === 'event') {
    return former.operation.outcome === 'applied' ? 'settled' : null
  }
  if (!mayComeAgain(former, again, run)) return 'settled'
  return timestamp === former.operation.timestamp ? null : 'timestamp'
}

function doubled(former: Received, { operation, request, event }: Received, why: Why): Finding {
  return {
    kind: 'doubled',
    why,
    id: event?.id ?? '',
    customerId: operation.customerId,
    requests: [former.request.number, request.number],
    at: operation.at,
  }
}
