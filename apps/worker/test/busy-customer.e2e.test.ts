// Setup: one partition, in which 10,000 events of one customer wait,
//   and behind them one event each of 20 others.
// Timeline: a worker starts; while it works on the long backlog, other customers' events come in one after the other.
// Proves: nobody waits for the backlog. The others leave with the first requests, and who comes later leaves with one of
//   the next; the long backlog keeps its order.

import { startMock } from '@retention-relay/mock-customerio'
import { startTestRedis } from '@retention-relay/testkit'
import { expect, onTestFinished, test } from 'vitest'

import { PartitionOutside, track } from './jobs.ts'
import { ObservedWorker } from './observed-worker.ts'
import { settingsOf } from './settings.ts'

const BACKLOG = 10_000
const PER_JOB = 200
const OTHERS = 20
/** Requests that another customer's event may have to wait for. */
const PATIENCE = 5

test('10,000 events of one customer hold up no other customer', async () => {
  const redis = await startTestRedis({ onEnd: onTestFinished })
  const mock = await startMock({ latencyMs: 5 })
  onTestFinished(() => mock.close())
  const partition = new PartitionOutside(redis, 'busy')
  for (let first = 0; first < BACKLOG; first += PER_JOB) {
    const events = Array.from({ length: PER_JOB }, (_, index) =>
      track('cus_busy', { relay_seq: first + index }),
    )
    await partition.add(events)
  }
  for (let other = 0; other < OTHERS; other += 1) await partition.add([track(`cus_${other}`)])

  const worker = new ObservedWorker({ ...settingsOf('busy', mock), REDIS_URL: redis.url })
  const waits: number[] = []
  for (let late = 1; late <= OTHERS; late += 1) {
    await mock.waitFor(({ applied }) => applied >= (late * BACKLOG) / (OTHERS + 1))
    await partition.add([track(`cus_late_${late}`)])
    const { requests } = mock.summary()
    await mock.waitFor(({ customers }) => customers === 1 + OTHERS + late)
    waits.push((mock.received(`cus_late_${late}`)[0]?.requestNumber ?? Infinity) - requests)
  }
  await mock.waitFor(({ applied }) => applied === BACKLOG + 2 * OTHERS)

  const batches = mock.received('cus_busy').map(({ requestNumber }) => requestNumber)
  expect(batches.length).toBe(BACKLOG)
  // In runs of 50, and one by one where few are left: enough requests to starve behind, and no more.
  expect(new Set(batches).size).toBeGreaterThanOrEqual(BACKLOG / 50)
  expect(new Set(batches).size).toBeLessThan(BACKLOG / 30)
  const firstBatch = batches[0]!
  const places = Array.from({ length: OTHERS }, (_, other) => mock.received(`cus_${other}`)[0]!)
  expect(Math.max(...places.map(({ requestNumber }) => requestNumber - firstBatch))).toBeLessThan(
    PATIENCE,
  )
  expect(Math.max(...waits)).toBeLessThanOrEqual(PATIENCE)
  expect(mock.summary()).toMatchObject({ inversions: 0, doubled: 0, overlaps: 0 })
  expect(await worker.process.kill('SIGTERM')).toEqual({ code: 0, signal: null })
})
