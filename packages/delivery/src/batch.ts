// The next batch: one event per customer, in bytes and number within the destination's limits. A customer with a long
// backlog may have a run of consecutive tracks in it. A profile operation goes alone, and so does an event that is
// suspected to make its batch fail. An event whose id is on its way waits, so that the dedupe store can stop it.

import { encodeOperation, isProfileOperation, LIMITS } from '@retention-relay/events'

import type { CustomerLanes } from './customer-lanes.ts'
import { goesAlone } from './isolate-event.ts'
import type { PendingEvent } from './pending-event.ts'

/** An event and its encoded operation. */
export interface BatchItem {
  readonly pending: PendingEvent
  readonly operation: string
}

/** Events that go together in one request, in order; at least one. */
export type Batch = readonly BatchItem[]

/** Bounds of a batch. */
export interface BatchLimits {
  /** Most operations. */
  readonly maxOps: number
  /** Most bytes of the request body. */
  readonly maxBytes: number
}

/** Default bounds. The API documents no largest number of operations; others send up to 1,000. */
export const DEFAULT_BATCH_LIMITS: BatchLimits = { maxOps: 500, maxBytes: LIMITS.batchBytes }

/** More waiting events of a customer than this allow a run of consecutive tracks. */
const BACKLOG = 32
/** Longest run. */
const MAX_RUN = 50
/** `{"batch":[` and `]}`. */
const ENVELOPE_BYTES = 12

/** What may not go with the others. */
export interface BatchRules {
  /** Dedupe members of events that are on their way: a second one of the same id waits. */
  readonly onTheirWay: ReadonlySet<string>
  readonly limits: BatchLimits
}

/** Takes the next batch from the lanes; null when nothing can go now. */
export function nextBatch(lanes: CustomerLanes, rules: BatchRules): Batch | null {
  const { onTheirWay, limits } = rules
  const items: BatchItem[] = []
  const members = new Set<string>()
  let bytes = ENVELOPE_BYTES
  let full = false
  const fits = (pending: PendingEvent): boolean => {
    if (onTheirWay.has(pending.member) || members.has(pending.member)) return false
    const operation = encodeOperation(pending.event)
    const size = Buffer.byteLength(operation) + 1
    if (items.length > 0 && (items.length >= limits.maxOps || bytes + size > limits.maxBytes)) {
      full = true
      return false
    }
    items.push({ pending, operation })
    members.add(pending.member)
    bytes += size
    return true
  }
  const pick = (events: readonly PendingEvent[]): number => {
    const first = events[0]!
    if (isProfileOperation(first.event.op) || goesAlone(first)) return pickAlone(first)
    const most = runLength(events)
    let count = 0
    while (count < most && fits(events[count]!)) count += 1
    return count
  }
  const pickAlone = (pending: PendingEvent): number => {
    if (items.length > 0 || !fits(pending)) return 0
    full = true
    return 1
  }
  lanes.take(pick, () => full || items.length >= limits.maxOps)
  return items.length === 0 ? null : items
}

function runLength(events: readonly PendingEvent[]): number {
  if (events.length <= BACKLOG || events[0]!.event.op !== 'track') return 1
  const end = events.findIndex((pending) => pending.event.op !== 'track')
  return Math.min(MAX_RUN, end === -1 ? events.length : end)
}
