// A run that does not come to its end is closed while its faults and planters still go on: nothing may start after that.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, onTestFinished, test } from 'vitest'

import { last } from '../../src/faults/fault-action.ts'
import { drawPlantedJobs } from '../../src/load/planted-jobs.ts'
import { drawSchedule } from '../../src/schedule/draw-schedule.ts'
import { JobPlanter } from '../../src/stage/job-planter.ts'
import { ProducerSlot } from '../../src/stage/producer-slot.ts'
import { Timeline } from '../../src/stage/timeline.ts'

/** Where nobody listens. */
const NOWHERE = 'redis://127.0.0.1:1'

function folderOf(): string {
  const folder = mkdtempSync(join(tmpdir(), 'chaos-closed-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

test('a closed place for a producer stays empty', async () => {
  const { seed, load, partitions } = drawSchedule(1, 10_000)
  const task = { seed, namespace: 'chaos', producer: 1, load, partitions, replicas: 0 }
  const parts = { task, redisUrl: NOWHERE, folder: folderOf(), timeline: new Timeline() }
  const slot = new ProducerSlot(parts)
  await slot.close()
  slot.start()
  onTestFinished(() => slot.close())
  expect(slot.isRunning).toBe(false)
})

test('a closed planter gives up', async () => {
  const history = join(folderOf(), 'planted.ndjson')
  const planter = new JobPlanter({ namespace: 'chaos', address: NOWHERE, replicas: 0, history })
  const [job] = [1, 2, 3].flatMap((seed) => drawPlantedJobs(drawSchedule(seed, 10_000), 'chaos'))
  const planted = planter.plant(job!)
  planter.close()
  await expect(planted).rejects.toThrow('aborted')
})

test('a fault does not go on in a closed stage', async () => {
  const closing = new AbortController()
  const fault = last({ closing: closing.signal }, 60_000)
  closing.abort()
  await expect(fault).rejects.toThrow('aborted')
})
