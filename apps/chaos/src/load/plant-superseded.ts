// Which checkouts may die as superseded: those of a customer who has an order that happened later. All others must be
// delivered. A producer's events happen in the order of its calls, and an order that is told of again happened when it was
// told of last; those of a producer with a smaller number happened later than all of them (`event-times.ts`).

import type { PlannedCall } from './planned-call.ts'

/** `calls`: of one producer, in their order. `laterCalls`: of those producers whose events all happened later. */
export function plantSuperseded(
  calls: readonly PlannedCall[],
  laterCalls: readonly PlannedCall[],
): PlannedCall[] {
  const ordersAt = new Map<string, number>()
  calls.forEach(({ name, customerId }, index) => {
    if (name === 'order_placed') ordersAt.set(customerId, index)
  })
  for (const { name, customerId } of laterCalls) {
    if (name === 'order_placed') ordersAt.set(customerId, Infinity)
  }
  return calls.map((call, index) => {
    const isSuperseded = index < (ordersAt.get(call.customerId) ?? -1)
    return call.name === 'checkout_started' && isSuperseded
      ? { ...call, planted: 'superseded' }
      : call
  })
}
