// Which events of a batch may go by their customers: some events demand that the customer was identified here before. An
// identify is remembered as it is about to go, so before anything that the customer does later. Nothing is remembered or
// asked where the tracking plan demands nothing.

import type { Checks, IdentifyFirst } from '@retention-relay/events'

import type { Batch } from './batch.ts'
import type { Settler } from './outcomes.ts'
import { deadOutcome } from './outcomes.ts'
import type { PartitionPort } from './ports.ts'
import type { Outcome } from './settlements.ts'

/** What asking needs. */
export interface IdentifiedParts {
  readonly queue: Pick<PartitionPort, 'unidentified'>
  readonly identifyFirst: IdentifyFirst
  readonly settler: Settler
  /** Makes outcomes durable. */
  readonly settle: (outcomes: readonly Outcome[]) => void
}

const FAULT = 'its customer was never identified here: send an identify, then replay it'

/**
 * Ids of the batch's customers who would have to be identified and are not. Asked before anything of the batch is left out:
 * an identify that was delivered before counts too. Rejects when Redis cannot be asked.
 */
export async function findUnidentified(
  batch: Batch,
  { queue, identifyFirst }: IdentifiedParts,
): Promise<ReadonlySet<string>> {
  const events = batch.map(({ pending }) => pending.event)
  const concerned = events.filter(({ op }) => identifyFirst.concerns(op))
  const identified = concerned.filter(({ op }) => op === 'identify')
  const asked = concerned.filter((event) => identifyFirst.checksOf(event) !== 'off')
  if (identified.length + asked.length === 0) return new Set()
  return await queue.unidentified({ identified: idsOf(identified), asked: idsOf(asked) })
}

/** Settles events of unidentified customers as dead letters; returns the others. */
export function dropUnidentified(
  batch: Batch,
  unidentified: ReadonlySet<string>,
  { identifyFirst, settler, settle }: IdentifiedParts,
): Batch {
  if (unidentified.size === 0) return batch
  const faulty = (checks: Checks): Batch =>
    batch.filter(({ pending: { event } }) => {
      return identifyFirst.checksOf(event) === checks && unidentified.has(event.customerId)
    })
  for (const { pending } of faulty('warn')) pending.tolerated ??= FAULT
  const dead = faulty('strict')
  if (dead.length === 0) return batch
  settle(dead.map(({ pending }) => deadOutcome(pending, 'invalid', { message: FAULT }, settler)))
  return batch.filter((item) => !dead.includes(item))
}

function idsOf(events: readonly { readonly customerId: string }[]): string[] {
  return [...new Set(events.map(({ customerId }) => customerId))]
}
