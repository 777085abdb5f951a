// The end of a run: every fault is undone, the producers say what they have to say, the workers drain what is there and
// tell that they are ready, and then everybody is told to stop. What does not happen in its time is a finding.

import { readStatus } from '@retention-relay/ops'
import type { OpsConnection, RelayStatus } from '@retention-relay/ops'
import { until } from '@retention-relay/testkit'

import { CREDENTIALS } from './stage/mock-process.ts'
import { NAMESPACE } from './stage/stage.ts'
import type { Stage } from './stage/stage.ts'

/** Bounds, far above what is usual. */
const FINISHED_MS = 40_000
const DRAINED_MS = 60_000
const READY_MS = 20_000

/** Undoes all faults and fills empty places. */
export async function calmDown(stage: Stage): Promise<void> {
  stage.timeline.note('run', 'all faults end')
  await stage.mock.clearFaults()
  await stage.mock.configure({ apiKey: CREDENTIALS.apiKey })
  await Promise.all(stage.workers.map(fillPlace))
}

async function fillPlace(worker: Stage['workers'][number]): Promise<void> {
  if (worker.process === undefined) await worker.start()
}

/** Waits until nothing is left to do; returns what was not done in time. */
export async function awaitQuiet(stage: Stage, ops: OpsConnection): Promise<string[]> {
  const missing: string[] = []
  const bounded = async (what: string, wait: () => Promise<unknown>): Promise<void> => {
    await wait().catch((error: unknown) => void missing.push(`${what}: ${String(error)}`))
    stage.timeline.note('run', what)
  }
  await bounded('the producers have said everything', () => producersFinished(stage))
  await bounded('the relay is drained', () => drained(ops))
  if (stage.consumer === 'relay') await bounded('all workers are ready', () => workersReady(stage))
  return missing
}

async function producersFinished({ producers }: Stage): Promise<void> {
  await until(() => producers.filter(({ isRunning }) => isRunning).map(({ name }) => name), {
    accept: (running) => running.length === 0,
    timeoutMs: FINISHED_MS,
    what: 'producers that are through',
  })
}

async function drained(ops: OpsConnection): Promise<void> {
  const look = async (): Promise<RelayStatus['totals'] | undefined> =>
    (await readStatus(ops, NAMESPACE))?.totals
  await until(look, {
    accept: (totals) => totals !== undefined && totals.waitingJobs + totals.activeJobs === 0,
    timeoutMs: DRAINED_MS,
    what: 'a relay without jobs',
  })
}

async function workersReady({ workers }: Stage): Promise<void> {
  await until(() => workers.map(({ health }) => health.at(-1)?.state), {
    accept: (states) => states.every((state) => state === 'ready'),
    timeoutMs: READY_MS,
    what: 'workers that are ready',
  })
}

/** Ends all processes but Redis, each as a platform would. */
export async function stopAll(stage: Stage): Promise<void> {
  await Promise.all(stage.workers.map((worker) => worker.end('SIGTERM')))
  await stage.mock.stop()
}
