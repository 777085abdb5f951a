import type { Stamp } from './stamp.ts'

/** What a run measured. Rates per second, waits in milliseconds, ratios relay / BullMQ as the middle of the pairs. */
export interface Report extends Stamp {
  readonly drainPerSecond: number
  readonly stockDrainPerSecond: number
  readonly stockConcurrency: number
  readonly drainRatio: number
  readonly enqueuePerSecond: number
  readonly stockEnqueuePerSecond: number
  readonly enqueueRatio: number
  readonly enqueueP50Ms: number
  readonly enqueueP99Ms: number
}
