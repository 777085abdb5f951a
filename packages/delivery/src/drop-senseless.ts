// Events that have lost their sense while they waited: too old to be of use, or superseded by an order. They are settled as
// dead letters instead of sent. So is an event of which a request had no outcome: had it arrived, nothing could call it
// back, and if it had not, sending it now is what must not happen; its dead letter says that it may have been delivered.

import type { TimeRules } from '@retention-relay/events'
import { supersededAt } from '@retention-relay/events'

import type { Batch, BatchItem } from './batch.ts'
import type { Settler } from './outcomes.ts'
import { deadOutcome } from './outcomes.ts'
import type { Clock, PartitionPort } from './ports.ts'
import type { Outcome } from './settlements.ts'

/** What judging needs. */
export interface SenseParts {
  readonly queue: Pick<PartitionPort, 'tombstones'>
  readonly time: TimeRules
  readonly clock: Clock
  readonly settler: Settler
  /** Makes outcomes durable. */
  readonly settle: (outcomes: readonly Outcome[]) => void
}

/** Settles what has lost its sense; returns the others. Rejects when the tombstones cannot be read. */
export async function dropSenseless(batch: Batch, parts: SenseParts): Promise<Batch> {
  const { time, clock, settler, settle } = parts
  const now = clock.wall()
  const superseded = await readSuperseded(batch, parts)
  const dead = batch.flatMap((item): Outcome[] => {
    const { pending } = item
    const order = superseded.get(item)
    if (order !== undefined) {
      const message = `what it was about was closed at ${new Date(order).toISOString()}`
      return [deadOutcome(pending, 'superseded', { message }, settler)]
    }
    if (!time.isExpired(pending.event, now)) return []
    const message = `it happened at ${new Date(pending.event.occurredAt).toISOString()}, too long ago to be of use`
    return [deadOutcome(pending, 'expired', { message }, settler)]
  })
  if (dead.length === 0) return batch
  settle(dead)
  const gone = new Set(dead.map(({ pending }) => pending))
  return batch.filter(({ pending }) => !gone.has(pending))
}

/** Time of the event that supersedes it, by superseded item. */
async function readSuperseded(
  batch: Batch,
  { queue, time }: SenseParts,
): Promise<ReadonlyMap<BatchItem, number>> {
  const marked = batch.flatMap((item) => {
    const places = time.placesOf(item.pending.event)
    return places.length === 0 ? [] : [{ item, places }]
  })
  if (marked.length === 0) return new Map()
  const marks = marked.flatMap(({ places }) => places.map(({ mark }) => mark))
  const stones = await queue.tombstones([...new Set(marks)])
  return new Map(
    marked.flatMap(({ item, places }): [BatchItem, number][] => {
      const closedAt = supersededAt(item.pending.event, places, stones)
      return closedAt === null ? [] : [[item, closedAt]]
    }),
  )
}
