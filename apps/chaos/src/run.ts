// One run: open the stage, let the shop live and the faults happen, wait for quiet, and judge. Leaves a verdict; of a run
// that failed the folder with everything that a person needs stays.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { inspect } from 'node:util'

import { closeOps, connectOps } from '@retention-relay/ops'
import type { OpsConnection, RelayStatus } from '@retention-relay/ops'

import { againCommand } from './again-command.ts'
import { writeEvidence } from './evidence.ts'
import { plantJobs } from './faults/plant-jobs.ts'
import { runFaults } from './faults/run-faults.ts'
import { awaitQuiet, calmDown, stopAll } from './quiet.ts'
import { drawSchedule } from './schedule/draw-schedule.ts'
import type { FaultKind } from './schedule/fault-table.ts'
import type { Schedule } from './schedule/schedule.ts'
import { RUNS_FOLDER } from './stage/programs.ts'
import { openStage } from './stage/stage.ts'
import type { Stage, StageParts } from './stage/stage.ts'
import { restlessWorkers } from './verdict/workers-at-rest.ts'
import { judge, unfinished } from './verdict/judge.ts'
import type { Verdict } from './verdict/judge.ts'
import { saveLogs } from './save-logs.ts'

/** What a run is told. */
export interface RunOrder {
  readonly seed: number
  readonly loadMs: number
  readonly consumer: 'relay' | 'stock'
}

/** What came of it. */
export interface RunResult extends Verdict {
  readonly schedule: Schedule
  /** Faults that were done, in the order of their ends. */
  readonly injected: readonly FaultKind[]
  /** Kept where the run failed. */
  readonly folder: string
  readonly tookMs: number
}

const CONNECT_MS = 30_000
/** Far above what a run takes beside its load, with all its own bounds. */
const REST_LIMIT_MS = 240_000

/** Runs one seed. */
export async function runSeed({ seed, loadMs, consumer }: RunOrder): Promise<RunResult> {
  const began = performance.now()
  const schedule = drawSchedule(seed, loadMs)
  const folder = join(RUNS_FOLDER, `${consumer}-${seed}`)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const again = againCommand({ seed, loadMs, consumer })
  writeFileSync(join(folder, 'again.txt'), `${again}\n`)
  writeFileSync(join(folder, 'schedule.json'), `${JSON.stringify(schedule, null, 2)}\n`)
  const verdict = await inStage({ schedule, consumer, folder })
  if (verdict.faults.length === 0) rmSync(folder, { recursive: true })
  return { ...verdict, schedule, folder, tookMs: performance.now() - began }
}

async function inStage(parts: StageParts): Promise<Verdict & Pick<RunResult, 'injected'>> {
  let stage: Stage | undefined
  try {
    stage = await openStage(parts)
    const verdict = await inTime(live(stage), parts.schedule.load.forMs + REST_LIMIT_MS)
    saveLogs(stage, verdict)
    return { ...verdict, injected: stage.injected }
  } catch (error) {
    return { ...unfinished(inspect(error)), injected: stage?.injected ?? [] }
  } finally {
    await stage?.close()
  }
}

/** A run that does not come to its end is a fault like others, and must not stop those that follow. */
async function inTime(verdict: Promise<Verdict>, limitMs: number): Promise<Verdict> {
  const ended = new AbortController()
  const { signal } = ended
  const tooLong = unfinished('the run does not come to its end')
  try {
    return await Promise.race([verdict, pause(limitMs, tooLong, { signal })])
  } catch (error) {
    return unfinished(inspect(error))
  } finally {
    ended.abort()
  }
}

async function live(stage: Stage): Promise<Verdict> {
  await Promise.all([runFaults(stage), plantJobs(stage)])
  await calmDown(stage)
  const ops = await connect(stage)
  try {
    const missing = await awaitQuiet(stage, ops)
    const status = await evidence(stage, ops)
    const restless = stage.consumer === 'relay' ? await restlessWorkers(stage, status) : []
    await stopAll(stage)
    return await judge({ stage, ops, missing: [...missing, ...restless], status })
  } finally {
    closeOps(ops)
  }
}

async function connect({ redis }: Stage): Promise<OpsConnection> {
  const arrival = await connectOps(redis.plainAddress, { timeoutMs: CONNECT_MS })
  if (arrival.kind === 'connected') return arrival.connection
  throw new Error('Redis does not come back', { cause: arrival.cause })
}

async function evidence(stage: Stage, ops: OpsConnection): Promise<RelayStatus> {
  const { folder, runFile, workers, guest, failovers } = stage
  const lives = [...workers, guest].flatMap((worker) => worker.lives)
  const periods = failovers.flatMap((watch) => watch.periods)
  writeFileSync(join(folder, 'run.json'), `${JSON.stringify(runFile.facts(lives, periods))}\n`)
  return await writeEvidence(stage, ops)
}
