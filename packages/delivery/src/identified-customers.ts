// Which events of a batch may go by their customers: some events demand that the customer was identified here before. An
// identify is remembered as it is about to go, so before anything that the customer does later. Nothing is remembered or
// asked where the tracking plan demands nothing.

import type { IdentifyFirst } from '@retention-relay/events'

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

/** Settles events of unidentified customers as dead letters; returns the others. Rejects when Redis cannot be asked. */
export async function dropUnidentified(batch: Batch, parts: IdentifiedParts): Promise<Batch> {
  const { identifyFirst, settler, settle } = parts
  const unidentified = await findUnidentified(batch, parts)
  if (unidentified.size === 0) return batch
  const faulty = batch.filter(({ pending: { event } }) => {
    return identifyFirst.checksOf(event) !== 'off' && unidentified.has(event.customerId)
  })
  const [dead, tolerated] = [
    faulty.filter(({ pending }) => identifyFirst.checksOf(pending.event) === 'strict'),
    faulty.filter(({ pending }) => identifyFirst.checksOf(pending.event) === 'warn'),
  ]
  for (const { pending } of tolerated) pending.tolerated ??= FAULT
  if (dead.length === 0) return batch
  settle(dead.map(({ pending }) => deadOutcome(pending, 'invalid', { message: FAULT }, settler)))
  return batch.filter((item) => !dead.includes(item))
}

/** Ids of the customers who would have to be identified and are not. */
async function findUnidentified(
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

function idsOf(events: readonly { readonly customerId: string }[]): string[] {
  return [...new Set(events.map(({ customerId }) => customerId))]
}
