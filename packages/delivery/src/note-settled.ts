// What follows an acknowledged settle, of a session or of a consumer that has repeated it after one: what was kept of its
// events is forgotten, and the observer and the watch over mass rejections are told of them.

import type { Lease } from './lease.ts'
import type { MassRejection } from './mass-rejection.ts'
import type { Clock, DeliveryObserver } from './ports.ts'
import type { SendHistories } from './send-histories.ts'
import { settleFacts } from './settle-facts.ts'
import type { Outcome } from './settlements.ts'

/** Who is told. */
export interface NoteParts {
  readonly lease: Lease
  readonly clock: Clock
  readonly observer: DeliveryObserver
  readonly histories: SendHistories
  readonly massRejection: MassRejection
}

/** Notes what one settle has settled. */
export function noteSettled(outcomes: readonly Outcome[], parts: NoteParts): void {
  const { lease, clock, observer, histories, massRejection } = parts
  for (const { member } of outcomes) histories.forget(member)
  const facts = settleFacts(lease.partition, outcomes, clock.wall())
  massRejection.note(facts.delivered, facts.dead)
  observer.settled(facts)
}
