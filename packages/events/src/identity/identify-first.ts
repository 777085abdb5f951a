// Identify first: an event may demand that its customer was identified here before. Without a profile that holds an
// address no mail can go, and Customer.io may make a second profile of somebody who is identified later.

import type { Checks } from '../event-definition.ts'
import type { EventOp, RelayEvent } from '../event.ts'
import type { TrackingPlan } from '../tracking-plan.ts'
import { eventDefinitions } from '../tracking-plan.ts'

/** What a plan demands. */
export interface IdentifyFirst {
  /** Whether an event of this kind has to be looked at; false for all where no event of the plan demands anything. */
  readonly concerns: (op: EventOp) => boolean
  /** What the event becomes where its customer was never identified here. */
  readonly checksOf: (event: RelayEvent) => Checks
}

/** The demands of a plan. */
export function identifyFirst(plan: TrackingPlan): IdentifyFirst {
  const demands = new Map(
    eventDefinitions(plan).flatMap(({ name, identifyFirst: checks = 'off' }): [string, Checks][] =>
      checks === 'off' ? [] : [[name, checks]],
    ),
  )
  return {
    concerns: (op) => demands.size > 0 && (op === 'identify' || op === 'track'),
    checksOf: (event) => (event.op === 'track' ? (demands.get(event.name) ?? 'off') : 'off'),
  }
}
