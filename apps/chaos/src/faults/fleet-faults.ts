// What happens to all workers together: they die, stop, and one more joins and leaves.

import { newerEvent, newerJob, olderJob } from '../load/version-jobs.ts'
import type { JobPlace } from '../load/planted-job.ts'
import { NEWER_FIELD, sharedHashes } from '../load/version-fields.ts'
import { NAMESPACE } from '../stage/stage.ts'
import type { Stage } from '../stage/stage.ts'
import { last } from './fault-action.ts'
import type { FaultAction } from './fault-action.ts'

/** SIGKILL; all start again after the time. */
export const killFleet: FaultAction = async (stage, { forMs }) => {
  await endAll(stage, 'SIGKILL')
  await last(stage, forMs)
  await startAll(stage)
}

/** SIGTERM; all start again after the time. */
export const stopFleet: FaultAction = async (stage, { forMs }) => {
  await endAll(stage, 'SIGTERM')
  await last(stage, forMs)
  await startAll(stage)
}

/** One more, for a time. */
export const joinFleet: FaultAction = async (stage, { forMs }) => {
  const { guest } = stage
  await guest.start()
  await last(stage, forMs)
  await guest.end('SIGTERM')
}

/**
 * A job of a newer format, or with a newer event, comes and is held, until each worker in turn is replaced by one that can
 * read it. Each time an older service, which is not replaced yet, adds one more job of its own. The newer workers keep more in
 * the keys that all share than those of today know.
 */
export const upgradeFleet: FaultAction = async (stage, { forMs, atMs }) => {
  const { schedule, planter, timeline, workers } = stage
  const { partitions } = schedule
  const [what, make] =
    atMs % 2 === 0 ? (['format', newerJob] as const) : (['event', newerEvent] as const)
  const place = (key: string): JobPlace => {
    return { namespace: NAMESPACE, partitions, key, atMs, occurredAt: Date.now() }
  }
  const job = make(place(`newer-${atMs}`))
  timeline.note('planter', `adds a job of a newer ${what} to partition ${job.partition}`)
  await planter.plant(job)
  await last(stage, forMs)
  // The newer worker: there is none yet, so its words are put into today's.
  await planter.rewrite(job, job.readable)
  timeline.note(
    'planter',
    `adds a field of a newer relay to the keys of partition ${job.partition}`,
  )
  for (const key of sharedHashes(NAMESPACE, job.partition)) await planter.addField(key, NEWER_FIELD)
  for (const worker of workers) {
    const older = olderJob(place(`older-${atMs}-${worker.name}`))
    timeline.note('planter', `adds a job of an older service to partition ${older.partition}`)
    await planter.plant(older)
    await worker.end('SIGTERM')
    await worker.start()
  }
}

async function endAll({ workers }: Stage, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  await Promise.all(workers.map((worker) => worker.end(signal)))
}

async function startAll({ workers }: Stage): Promise<void> {
  await Promise.all(workers.map((worker) => worker.start()))
}
