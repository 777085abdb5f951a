// Repeats without need: a track that came again although its former request was answered well and nothing had disturbed
// it until its settle. Customer.io drops the repeat by its ULID, for as long as it remembers; a relay that counts on that
// delivers at random.

import { mayComeAgain } from './disturbances.ts'
import type { CalledEvent } from './called-events.ts'
import type { Finding } from './finding.ts'
import type { RunFacts } from './records.ts'
import type { Received, Traffic } from './traffic.ts'

export function findNeedlessRepeats({ received }: Traffic, run: RunFacts): Finding[] {
  const lastOf = new Map<CalledEvent, Received>()
  return received.flatMap((one) => {
    if (one.event === null || one.operation.action !== 'event' || one.effect === 'refused')
      return []
    const former = lastOf.get(one.event)
    lastOf.set(one.event, one)
    if (former === undefined || one.effect !== 'repeated') return []
    // Twice in a batch is an overlap.
    if (former.request === one.request || mayComeAgain(former, one, run)) return []
    return [needless(former, one, one.event)]
  })
}

function needless(former: Received, { operation, request }: Received, event: CalledEvent): Finding {
  return {
    kind: 'repeatedWithoutNeed',
    id: event.id,
    customerId: operation.customerId,
    requests: [former.request.number, request.number],
    at: operation.at,
  }
}
