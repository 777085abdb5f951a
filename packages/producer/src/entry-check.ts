// What `enqueue` would say of an entry, without a Redis and without storing anything: for `relay plan check`, and so for a
// service's own CI. The rules are the producer's, all of them, so that nothing passes here and is refused at night.

import { createUlidSource, timeRules } from '@retention-relay/events'
import type { TrackingPlan } from '@retention-relay/events'

import { draftOf } from './draft.ts'
import { prepareEvent } from './prepare-event.ts'
import type { CustomerIdKind } from './customer-id.ts'
import type { EventRules } from './prepare-event.ts'

/** Any one: it decides ids, and no id is kept. */
const NAMESPACE = 'check'

/**
 * A check of entries against a plan, for a producer with these `allowCustomerIds`. It throws the RelayError `RELAY_EVENT_…`
 * that `enqueue` would refuse the entry with.
 */
export function entryCheck(
  plan: TrackingPlan,
  allowCustomerIds: readonly CustomerIdKind[] = [],
): (entry: unknown) => void {
  const rules: EventRules = {
    namespace: NAMESPACE,
    plan,
    time: timeRules(plan, NAMESPACE),
    allowCustomerIds,
    now: Date.now,
    nextUlid: createUlidSource(),
  }
  return (entry) => void prepareEvent(draftOf(entry), rules)
}
