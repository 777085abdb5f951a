import type { PartitionSnapshot } from './partition-snapshot.ts'

/** A number of events. */
export interface EventCount {
  readonly events: number
  /** False where it is an estimate: not every waiting job was read. */
  readonly exact: boolean
}

/** What was counted, and for the waiting jobs that were not read the mean of the read ones. */
export function countEvents(
  snapshot: PartitionSnapshot,
  claimed: number,
  unclaimed: number,
): EventCount {
  const { unclaimed: read, unreadWaiting, claimedWhole } = snapshot
  const perJob = read.jobs === 0 ? 0 : unclaimed / read.jobs
  return {
    events: claimed + unclaimed + Math.round(unreadWaiting * perJob),
    exact: unreadWaiting === 0 && claimedWhole,
  }
}
