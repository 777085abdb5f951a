// When the events of a producer happened: those of one customer whole seconds apart, since Customer.io is told seconds and
// an identify is recognized by its time; in the order of their calls, and before those of the producers with a smaller
// number. Counted back from the beginning of the load, so that none is ahead of any clock, whatever the load's duration;
// and each customer by itself, so that none is older than the day after which a checkout is stale.

import type { PlannedCall } from './planned-call.ts'

const STEP_MS = 1000

/** What it must know of a call. */
type CallOf = Pick<PlannedCall, 'id' | 'customerId'>

/**
 * By id; a call that is made again happened when it was made last. `calls`: of one producer, in their order.
 * `laterCalls`: of those producers whose events all happened later. `startedAt`: when the load began.
 */
export function eventTimes(
  calls: readonly CallOf[],
  { laterCalls, startedAt }: { laterCalls: readonly CallOf[]; startedAt: number },
): ReadonlyMap<string, number> {
  const stepsBack = new Map<string, number>()
  const stepBack = ({ customerId }: CallOf): number => {
    const steps = (stepsBack.get(customerId) ?? 0) + 1
    stepsBack.set(customerId, steps)
    return steps
  }
  for (const call of laterCalls) stepBack(call)
  const times = new Map<string, number>()
  for (const call of calls.toReversed()) {
    const at = startedAt - stepBack(call) * STEP_MS
    if (!times.has(call.id)) times.set(call.id, at)
  }
  return times
}
