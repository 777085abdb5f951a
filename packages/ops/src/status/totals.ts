// Sums over the partitions of a namespace.

import type { EventCount } from '@retention-relay/queue'

import type { Balance, Counters, PartitionStatus, StatusTotals } from './status.ts'

/** Adds the partitions up. */
export function totalsOf(partitions: readonly PartitionStatus[]): StatusTotals {
  const ages = partitions.flatMap(({ oldestAgeMs }) => (oldestAgeMs === null ? [] : [oldestAgeMs]))
  return {
    ownedPartitions: partitions.filter(({ owner }) => owner !== null).length,
    pausedPartitions: partitions.filter(({ paused }) => paused).length,
    waitingJobs: sum(partitions.map(({ waitingJobs }) => waitingJobs)),
    activeJobs: sum(partitions.map(({ activeJobs }) => activeJobs)),
    accepted: sumEvents(partitions.map(({ accepted }) => accepted)),
    pending: sumEvents(partitions.map(({ pending }) => pending)),
    replaying: sumEvents(partitions.map(({ replaying }) => replaying)),
    oldestAgeMs: ages.length === 0 ? null : Math.max(...ages),
    counters: sumCounters(partitions.map(({ counters }) => counters)),
    balance: sumBalance(partitions.map(({ balance }) => balance)),
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

function sumEvents(counts: readonly EventCount[]): EventCount {
  return {
    events: sum(counts.map(({ events }) => events)),
    exact: counts.every(({ exact }) => exact),
  }
}

function sumCounters(all: readonly Counters[]): Counters {
  const total = (name: keyof Counters): number => sum(all.map((counters) => counters[name]))
  return {
    accepted: total('accepted'),
    delivered: total('delivered'),
    duplicate: total('duplicate'),
    dead: total('dead'),
    deaths: total('deaths'),
    replayed: total('replayed'),
    orphans: total('orphans'),
  }
}

/** Two faults that cancel out are still faults: one partition that is off makes the whole off. */
function sumBalance(all: readonly Balance[]): Balance {
  const off = all.flatMap((balance) => (balance.kind === 'off' ? [balance.difference] : []))
  if (off.length > 0) return { kind: 'off', difference: sum(off) }
  return { kind: all.some(({ kind }) => kind === 'unknown') ? 'unknown' : 'balanced' }
}
