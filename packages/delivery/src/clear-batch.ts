// When a batch may go: the gate is open, the rate allows a request, the lease suffices. Then the dedupe store and the
// tombstones are read, after all waits, since a former owner's settle or an order may have come meanwhile; what is
// delivered already, has lost its sense, or demands that its customer were identified, does not go.

import { isProfileOperation } from '@retention-relay/events'

import type { Batch } from './batch.ts'
import type { Permit } from './circuit-breaker.ts'
import type { EndpointGate } from './endpoint-gate.ts'
import { dropUnidentified, findUnidentified } from './identified-customers.ts'
import type { IdentifiedParts } from './identified-customers.ts'
import type { Lease } from './lease.ts'
import { deliveredOutcome } from './outcomes.ts'
import { dropSenseless } from './drop-senseless.ts'
import type { SenseParts } from './drop-senseless.ts'
import type { PartitionPort } from './ports.ts'
import type { RateShare } from './rate-share.ts'

/** Least rest of the lease to begin a profile operation, which nothing deduplicates, in milliseconds. */
export const PROFILE_LEASE_MS = 6_000
/** Wait for a longer rest of the lease, in milliseconds. */
const LEASE_LOOK_MS = 50
/**
 * Longest time from the leave of the rate to the request, in milliseconds. While Redis hangs each partition holds the leave
 * that it got before; all of them at once would be over the limit. Doubled with each try, so that a Redis that is always
 * slow holds nobody up.
 */
const RATE_LEAVE_MS = 100

/** A batch that may go now, and the permit of its request. */
export interface ClearedBatch {
  readonly batch: Batch
  readonly permit: Permit
}

/** What was waited for. */
interface Waited {
  readonly permit: Permit
  /** When the rate allowed the request; of the monotonic clock. */
  readonly ratedAt: number
}

/** What clearance needs. */
export interface ClearanceParts extends SenseParts, IdentifiedParts {
  readonly lease: Lease
  readonly queue: Pick<PartitionPort, 'delivered' | 'tombstones' | 'unidentified'>
  readonly gate: EndpointGate
  readonly rate: RateShare
  /** The session is out of sync: a look-up failed. */
  readonly fail: (cause: unknown) => void
  /** Aborts when the session ends. */
  readonly ended: AbortSignal
}

/** Waits until the batch may go. Null when nothing of it is left to send, or the session has ended. */
export async function clearBatch(
  batch: Batch,
  parts: ClearanceParts,
): Promise<ClearedBatch | null> {
  const { gate, rate, clock } = parts
  let open = batch
  for (let validMs = RATE_LEAVE_MS; ; validMs *= 2) {
    const waited = await awaitPermit(open, parts)
    if (waited === null) return null
    const { permit, ratedAt } = waited
    open = await dropDecided(open, parts)
    const isInTime = clock.monotonic() - ratedAt <= validMs
    if (open.length > 0 && isInTime && leaseSuffices(open, parts.lease)) {
      return { batch: open, permit }
    }
    if (isInTime) rate.giveBack()
    gate.leave(permit, 'unknown')
    if (open.length === 0) return null
  }
}

/** A profile operation is alone in its batch. */
export function isProfileBatch(batch: Batch): boolean {
  return isProfileOperation(batch[0]!.pending.event.op)
}

/** Waits for the gate, the rate and, for a profile operation, enough of the lease; null when the session ended. */
async function awaitPermit(batch: Batch, parts: ClearanceParts): Promise<Waited | null> {
  const { gate, rate, lease, clock, ended } = parts
  const permit = await gate.enter(ended)
  if (permit === null) return null
  if (await rate.take(ended)) {
    const ratedAt = clock.monotonic()
    while (lease.isValid() && !ended.aborted && !leaseSuffices(batch, lease)) {
      await clock.sleep(LEASE_LOOK_MS, ended)
    }
    if (lease.isValid() && !ended.aborted) return { permit, ratedAt }
    rate.giveBack()
  }
  gate.leave(permit, 'unknown')
  return null
}

/** Settles what need not be sent; returns the others. */
async function dropDecided(batch: Batch, parts: ClearanceParts): Promise<Batch> {
  try {
    const unidentified = await findUnidentified(batch, parts)
    const open = await dropSenseless(await dropDelivered(batch, parts), parts)
    return dropUnidentified(open, unidentified, parts)
  } catch (cause) {
    parts.fail(cause)
    return []
  }
}

/** Settles as duplicates what the dedupe store has; returns the others. Rejects when it cannot be read. */
async function dropDelivered(batch: Batch, parts: ClearanceParts): Promise<Batch> {
  const known = await parts.queue.delivered(batch.map(({ pending }) => pending.member))
  const duplicates = batch.filter((_, index) => known[index])
  if (duplicates.length === 0) return batch
  parts.settle(duplicates.map(({ pending }) => deliveredOutcome(pending, 'duplicate')))
  return batch.filter((_, index) => !known[index])
}

/** A profile operation needs enough of the lease for its whole request. */
function leaseSuffices(batch: Batch, lease: Lease): boolean {
  return lease.remainingMs() >= (isProfileBatch(batch) ? PROFILE_LEASE_MS : 1)
}
