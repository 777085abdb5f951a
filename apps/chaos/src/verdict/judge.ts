// The verdict on a run: what the checker finds in its histories, and what is wrong with the state that it leaves. The
// control is judged by its histories alone: it makes none of the relay's other promises.

import type { OpsConnection, RelayStatus } from '@retention-relay/ops'
import type { Finding, History, HistorySummary } from '@retention-relay/testkit'
import { checkHistory, describeFinding, readHistory } from '@retention-relay/testkit'

import type { Stage } from '../stage/stage.ts'
import type { WorkerSlot } from '../stage/worker-slot.ts'
import { failedRequests, untoldOutages } from './health-told.ts'
import { keysLeft } from './keys-left.ts'
import { unexpectedEnds } from './redis-ends.ts'
import { isUndisturbed } from './miscounts.ts'
import { needlesslyUnready } from './ready-in-peace.ts'
import { untoldLoss } from './untold-loss.ts'

/** What is judged. */
export interface Case {
  readonly stage: Stage
  readonly ops: OpsConnection
  /** What did not happen in its time. */
  readonly missing: readonly string[]
  /** Of the drained relay. */
  readonly status: RelayStatus
}

/** The verdict. */
export interface Verdict {
  /** In words; none in a run that passed. */
  readonly faults: readonly string[]
  /** Of the histories. */
  readonly findings: readonly Finding[]
  readonly summary: HistorySummary
  /** Events that were acknowledged. */
  readonly events: number
  /** The most memory that a worker had, in MB. */
  readonly peakRssMb: number
}

/** Most memory of a worker, whatever waits in Redis. */
const MOST_RSS_MB = 250

const NOTHING_COUNTED: HistorySummary = {
  lost: 0,
  undelivered: 0,
  unsent: 0,
  refusedForGood: 0,
  nothingAcknowledged: 0,
  doubled: 0,
  repeated: 0,
  repeatedWithoutNeed: 0,
  repeatedUnknown: 0,
  altered: 0,
  inversions: 0,
  overlaps: 0,
  twiceInBatch: 0,
  deadByOutage: 0,
  countFaults: 0,
  rateFaults: 0,
}

/** Of a run that has not come to its end: it failed, and its histories say nothing. */
export function unfinished(why: string): Verdict {
  return { faults: [why], findings: [], summary: NOTHING_COUNTED, events: 0, peakRssMb: 0 }
}

/** Judges a run that has come to its end. */
export async function judge(run: Case): Promise<Verdict> {
  const history = readHistory(run.stage.folder)
  const { findings, summary } = checkHistory(history)
  const own = run.stage.consumer === 'relay' ? await judgeRelay(run, history) : []
  const faults = [...run.missing, ...own, ...findings.map(describeFinding)]
  const peakRssMb = Math.max(...allWorkers(run.stage).map((worker) => worker.peakRssMb))
  return { faults, findings, summary, events: countAcknowledged(history), peakRssMb }
}

function allWorkers({ workers, guest }: Stage): WorkerSlot[] {
  return [...workers, guest]
}

function countAcknowledged({ producers }: History): number {
  const records = producers.flatMap((producer) => producer.records)
  return records.filter(({ kind }) => kind === 'acknowledged').length
}

async function judgeRelay({ stage, ops, status }: Case, { receipts }: History): Promise<string[]> {
  const workers = allWorkers(stage)
  const watches = workers.flatMap(({ health }) => health)
  const { outages } = stage.runFile
  const left = await keysLeft(ops.client, stage.schedule.partitions)
  const wrong = status.findings.filter(({ level }) => level === 'fault')
  return [
    ...wrong.map(({ message, partition }) => `partition ${partition ?? 'all'}: ${message}`),
    ...left,
    ...untoldOutages({
      watches,
      outages,
      failedAt: failedRequests(receipts),
    }),
    ...(isUndisturbed(stage.schedule) ? needlesslyUnready(watches, outages) : []),
    ...untoldLoss(
      await Promise.all(stage.runFile.witnesses.map(async ({ exited }) => await exited)),
      workers.flatMap(({ lines }) => lines),
    ),
    ...tooLarge(workers),
    ...[...workers, ...stage.producers, stage.mock].flatMap(({ unexpected }) => unexpected),
    ...unexpectedEnds(stage.redis.nodes, stage.meantEnds),
  ]
}

function tooLarge(workers: readonly WorkerSlot[]): string[] {
  return workers
    .filter(({ peakRssMb }) => peakRssMb > MOST_RSS_MB)
    .map(({ name, peakRssMb }) => `${name} had ${peakRssMb} MB in memory`)
}
