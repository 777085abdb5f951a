// What all runs together gave: one JSON object, or a short table.

import { execFileSync } from 'node:child_process'

import type { HistorySummary } from '@retention-relay/testkit'

import type { RunOrder, RunResult } from './run.ts'

/** The sums. */
export interface Report extends HistorySummary {
  readonly runs: number
  readonly failed: number
  /** Events that producers were acknowledged, and a few that were planted. */
  readonly events: number
  /** The most memory that a worker had in any of the runs, in MB. */
  readonly peakRssMb: number
  /** Seeds of the runs that failed. */
  readonly failedSeeds: readonly number[]
  /** Faults that were done, by kind. */
  readonly faults: Readonly<Record<string, number>>
  readonly consumer: 'relay' | 'stock'
  /** Of the first run. */
  readonly seed: number
  /** Of the load of each run, in milliseconds. */
  readonly loadMs: number
  /** When the last run ended: year, month and day. */
  readonly date: string
  readonly commit: string
}

/** Sums up. */
export function reportOf(
  { consumer, seed, loadMs }: RunOrder,
  results: readonly RunResult[],
): Report {
  const failed = results.filter(({ faults }) => faults.length > 0)
  return {
    runs: results.length,
    failed: failed.length,
    events: results.reduce((total, { events }) => total + events, 0),
    ...sumOf(results.map(({ summary }) => summary)),
    peakRssMb: Math.max(...results.map(({ peakRssMb }) => peakRssMb)),
    failedSeeds: failed.map(({ schedule }) => schedule.seed),
    faults: countKinds(results),
    consumer,
    seed,
    loadMs,
    date: new Date().toISOString().slice(0, 10),
    commit: commit(),
  }
}

function sumOf(summaries: readonly HistorySummary[]): HistorySummary {
  const sum = (of: (summary: HistorySummary) => number): number =>
    summaries.reduce((total, summary) => total + of(summary), 0)
  return {
    lost: sum(({ lost }) => lost),
    undelivered: sum(({ undelivered }) => undelivered),
    unsent: sum(({ unsent }) => unsent),
    refusedForGood: sum(({ refusedForGood }) => refusedForGood),
    nothingAcknowledged: sum(({ nothingAcknowledged }) => nothingAcknowledged),
    doubled: sum(({ doubled }) => doubled),
    repeated: sum(({ repeated }) => repeated),
    repeatedWithoutNeed: sum(({ repeatedWithoutNeed }) => repeatedWithoutNeed),
    repeatedUnknown: sum(({ repeatedUnknown }) => repeatedUnknown),
    altered: sum(({ altered }) => altered),
    inversions: sum(({ inversions }) => inversions),
    overlaps: sum(({ overlaps }) => overlaps),
    twiceInBatch: sum(({ twiceInBatch }) => twiceInBatch),
    deadByOutage: sum(({ deadByOutage }) => deadByOutage),
    countFaults: sum(({ countFaults }) => countFaults),
    rateFaults: sum(({ rateFaults }) => rateFaults),
  }
}

function countKinds(results: readonly RunResult[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const kind of results.flatMap(({ injected }) => injected)) {
    counts[kind] = (counts[kind] ?? 0) + 1
  }
  return Object.fromEntries(
    Object.entries(counts).toSorted(([one], [other]) => one.localeCompare(other)),
  )
}

function commit(): string {
  return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
}

/** As a table for a person. */
export function tableOf({ faults, failedSeeds: _failedSeeds, ...counts }: Report): string {
  const rows = [
    ...Object.entries(counts),
    ...Object.entries(faults).map(([kind, count]) => [`fault ${kind}`, count]),
  ]
  const width = Math.max(...rows.map(([name]) => String(name).length))
  return rows.map(([name, count]) => `${String(name).padEnd(width)}  ${count}\n`).join('')
}
