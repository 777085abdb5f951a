// From a snapshot to what it means. Pending events are counted, not inferred: the unsettled positions of the claimed
// jobs, and the events that the names of the waiting ones tell. So accepted = delivered + duplicate + dead + pending
// is a check with two independent sides and not a definition.

import { countEvents } from '@retention-relay/queue'
import type { PartitionSnapshot } from '@retention-relay/queue'

import type { Balance, Counters, Owner, PartitionStatus } from './status.ts'

/** What a snapshot says of its partition. */
export function partitionStatus(partition: number, snapshot: PartitionSnapshot): PartitionStatus {
  const { claimed, oldestCommittedAt, takenAt } = snapshot
  const counters = countersOf(snapshot)
  return {
    partition,
    owner: ownerOf(snapshot),
    paused: snapshot.paused,
    eventStream: snapshot.eventStream,
    waitingJobs: snapshot.waitingJobs,
    activeJobs: snapshot.activeJobs,
    accepted: countEvents(snapshot, counters.accepted, snapshot.unclaimed.events),
    pending: countEvents(snapshot, claimed.events, snapshot.unclaimed.events),
    replaying: countEvents(snapshot, claimed.replays, snapshot.unclaimed.replays),
    oldestAgeMs: oldestCommittedAt === 0 ? null : Math.max(0, takenAt - oldestCommittedAt),
    counters,
    balance: balanceOf(snapshot, counters),
  }
}

/** The lease's value is `worker#epoch`. */
function ownerOf({ token, ttlMs }: PartitionSnapshot): Owner | null {
  if (token === '') return null
  const cut = token.lastIndexOf('#')
  if (cut === -1) return { worker: token, epoch: '', ttlMs }
  return { worker: token.slice(0, cut), epoch: token.slice(cut + 1), ttlMs }
}

function countersOf({ counters }: PartitionSnapshot): Counters {
  const read = (name: string): number => counters[name] ?? 0
  return {
    accepted: read('accepted'),
    delivered: read('delivered'),
    duplicate: read('duplicate'),
    dead: read('dead'),
    deaths: read('deaths'),
    replayed: read('replayed'),
    orphans: read('orphans'),
  }
}

/** Only claimed jobs are accepted ones, and all of them were read, so no estimate enters. */
function balanceOf({ claimed, claimedWhole }: PartitionSnapshot, counters: Counters): Balance {
  if (!claimedWhole) return { kind: 'unknown' }
  const { accepted, delivered, duplicate, dead } = counters
  const difference = accepted - delivered - duplicate - dead - claimed.events
  return difference === 0 ? { kind: 'balanced' } : { kind: 'off', difference }
}
