// When the events of a producer happened: whole seconds apart, since Customer.io is told seconds and an identify is
// recognized by its time, in the order of its calls, and later than those of the producers with a larger number.

import type { PlannedCall } from './planned-call.ts'

const HOUR_MS = 3_600_000

/** By id. `calls`: of producer `producer` (1-based), in their order. `startedAt`: when the load began. */
export function eventTimes(
  calls: readonly PlannedCall[],
  { producer, startedAt }: { producer: number; startedAt: number },
): ReadonlyMap<string, number> {
  const firstAt = startedAt - HOUR_MS * (1 + producer)
  return new Map(calls.map(({ id }, index) => [id, firstAt + index * 1000]))
}
