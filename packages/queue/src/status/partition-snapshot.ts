// One look at a partition: what waits, what is claimed, who owns it, and the durable counters, all of the same
// moment. Nothing is changed. A partition with a few thousand waiting jobs is read whole; of more, a sample.

import type { ScriptRunner } from '../connection/script.ts'
import { replyText } from '../connection/script.ts'
import { partitionKeys } from '../keys.ts'
import type { PartitionAddress } from '../keys.ts'
import { snapshotScript } from './snapshot-script.ts'

/** Jobs that were read, and their events that are not settled. */
export interface CountedJobs {
  readonly jobs: number
  readonly events: number
  /** Events of replayed dead letters; not among `events`. */
  readonly replays: number
}

/** A partition at one moment. */
export interface PartitionSnapshot {
  /** Redis' clock, in milliseconds since 1970. */
  readonly takenAt: number
  /** The lease's value; empty when nobody owns the partition. */
  readonly token: string
  /** Time until the lease ends by itself. */
  readonly ttlMs: number
  readonly paused: boolean
  /** BullMQ's `meta.version`; empty before the first job. */
  readonly layoutVersion: string
  readonly activeJobs: number
  readonly waitingJobs: number
  /** Every claimed job was read; false when there are more than a consumer may hold. */
  readonly claimedWhole: boolean
  /** Jobs in `wait` that were not read. */
  readonly unreadWaiting: number
  /** Jobs that a consumer has claimed at least once: in `active`, or requeued. */
  readonly claimed: CountedJobs
  /** The other jobs that were read. */
  readonly unclaimed: CountedJobs
  /** Ids that were read and have no job. */
  readonly missing: number
  /** Jobs in `active` that another tool took: they have no lock of ours. */
  readonly strayJobs: number
  /** BullMQ's event stream is on; the relay keeps it off. */
  readonly eventStream: boolean
  /** Jobs that were read and whose name is not ours. */
  readonly foreignNames: number
  /** One of these names; empty when there is none. */
  readonly foreignName: string
  /** Number of jobs in each state of BullMQ where the relay has none; empty states are left out. */
  readonly foreignStates: Readonly<Record<string, number>>
  /** Commit of the oldest job that was read, in milliseconds since 1970; 0 when there is none. */
  readonly oldestCommittedAt: number
  /** Durable counters by name. */
  readonly counters: Readonly<Record<string, number>>
  /** Unresolved dead letters. */
  readonly deadLetters: number
  /** Ids on the orphan list. */
  readonly orphans: number
}

/** Most claimed jobs that are read; consumers hold at most 2,000. */
const MOST_CLAIMED = 3000

/** Most waiting jobs that are read besides. */
export const MOST_WAITING = 1000

/** Where BullMQ's own consuming side would put jobs. `paused` is a list of older versions. */
const FOREIGN_STATES = {
  failed: 'ZCARD',
  delayed: 'ZCARD',
  prioritized: 'ZCARD',
  completed: 'ZCARD',
  'waiting-children': 'ZCARD',
  paused: 'LLEN',
} as const

/** Reads one partition. The runner must have loaded `statusScripts`. Rejects on any fault of Redis. */
export async function readPartition(
  runner: ScriptRunner,
  address: PartitionAddress,
): Promise<PartitionSnapshot> {
  const { wait, active, meta, lease, counters, dead, orphans, jobBase } = partitionKeys(address)
  const states = Object.entries(FOREIGN_STATES).flatMap(([state, command]) => [command, state])
  const reply = await runner.run(
    snapshotScript,
    [wait, active, meta, lease, counters, dead, orphans],
    [jobBase, MOST_CLAIMED, MOST_WAITING, ...states],
  )
  return JSON.parse(replyText(reply)) as PartitionSnapshot
}
