// One call that a service will make: its time, its event, and what the checker must know of it. Ids are given by the
// caller, so that a call whose fate is unknown is made again with the same id, by this process or the next.

import type { DeadReason, EventOp } from '@retention-relay/events'
import type { EnqueueInput } from '@retention-relay/producer'

import type { trackingPlan } from './shop-plan.ts'

/** What `enqueue` takes. */
export type ShopInput = EnqueueInput<typeof trackingPlan>

/** One call. */
export interface PlannedCall {
  /** Since the start of the load. */
  readonly atMs: number
  readonly id: string
  readonly customerId: string
  readonly op: EventOp
  /** Of a `track`, else empty. */
  readonly name: string
  /** What the mock recognizes it by where Customer.io is told no id. */
  readonly mark: string
  /** The reason for which the load makes it die. */
  readonly planted?: DeadReason
  /** Without `occurredAt`, which is fixed when the process starts. */
  readonly input: ShopInput
}
