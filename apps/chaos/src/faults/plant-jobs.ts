// Puts the planted jobs of a run into the queue, each at its time.

import { drawPlantedJobs } from '../load/planted-jobs.ts'
import { NAMESPACE } from '../stage/stage.ts'
import type { Stage } from '../stage/stage.ts'
import { last } from './fault-action.ts'

/** Resolves when all are in. */
export async function plantJobs(stage: Stage): Promise<void> {
  const jobs = drawPlantedJobs(stage.schedule, NAMESPACE)
  await Promise.all(
    jobs.map(async (job) => {
      await last(stage, Math.max(0, stage.startedAt + job.atMs - Date.now()))
      await stage.planter.plant(job)
      stage.timeline.note(
        'planter',
        `adds the damaged job ${job.jobId} to partition ${job.partition}`,
      )
    }),
  )
}
