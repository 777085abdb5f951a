// Setup: a consumer that may send 90 requests per second, in small batches, so that the rate is what bounds it.
// Timeline: for an hour the destination is out, while 6,000 events of one customer come in. Then it is back, and other
//   customers' events come in, five each second.
// Proves: the backlog leaves at the allowed rate, slowly at first and in no second above the limit; nobody waits for it;
//   its order is kept, and nothing is dead.
import { expect, test } from 'vitest'

import { DEFAULT_BATCH_LIMITS } from '../src/batch.ts'
import { ByteBudget } from '../src/byte-budget.ts'
import { forMs, setupConsumer, startConsumer } from './consumer-setup.ts'
import { track } from './events.ts'
import { DELIVERED, UNAVAILABLE } from './scripted-destination.ts'

const HOUR_MS = 3_600_000
/** Of the limit of 100,000 that the consumer of a test has: one of 100, of which nine tenths are used. */
const SHARE = 0.001
const LIMIT = 100
const BACKLOG = 6_000
const PER_JOB = 100
const LIVE_EVERY_MS = 200
/** Most requests of the first second: a tenth of the rate, and what each accepted one brings back. */
const SLOW_START = 25
/** Longest wait of a live event: a few requests at the slow rate. */
const LIVE_WAIT_MS = 1_000

/** How many of these times lie in the second that begins with each. */
function perSecond(timesMs: readonly number[]): number[] {
  return timesMs.map(
    (fromMs) => timesMs.filter((timeMs) => timeMs >= fromMs && timeMs < fromMs + 1000).length,
  )
}

test('after an outage the backlog leaves at the allowed rate, and live events of other customers are not starved', async () => {
  const limits = { ...DEFAULT_BATCH_LIMITS, maxOps: 5 }
  const bench = setupConsumer({ limits, budget: new ByteBudget(64_000_000) })
  const { clock, destination, partition, rate } = bench
  rate.setShare(SHARE)
  destination.answer = () => UNAVAILABLE
  startConsumer(bench)
  const backlog = Array.from({ length: BACKLOG }, () => track('busy'))
  for (let first = 0; first < BACKLOG; first += PER_JOB) {
    partition.add(...backlog.slice(first, first + PER_JOB))
    await forMs(bench, (HOUR_MS * PER_JOB) / BACKLOG)
  }
  expect(destination.applied).toEqual([])

  /** When each request was made, and when each event was first accepted. */
  const requestsMs: number[] = []
  const arrivedMs = new Map<string, number>()
  destination.answer = ({ operations }) => {
    requestsMs.push(clock.monotonic())
    for (const { id } of operations) arrivedMs.set(id!, clock.monotonic())
    return DELIVERED
  }
  const addedMs = new Map<string, number>()
  while (arrivedMs.size < BACKLOG + addedMs.size) {
    const live = track(`live-${addedMs.size}`)
    addedMs.set(live.id, clock.monotonic())
    partition.add(live)
    await forMs(bench, LIVE_EVERY_MS)
  }

  const [backMs = 0] = requestsMs
  const waitsMs = [...addedMs].map(([id, atMs]) => arrivedMs.get(id)! - Math.max(atMs, backMs))
  expect(perSecond(requestsMs)[0]).toBeLessThanOrEqual(SLOW_START)
  expect(Math.max(...perSecond(requestsMs))).toBeLessThanOrEqual(LIMIT)
  // It does reach the full rate.
  expect(Math.max(...perSecond(requestsMs))).toBeGreaterThanOrEqual(0.8 * LIMIT)
  expect(addedMs.size).toBeGreaterThan(50)
  expect(Math.max(...waitsMs)).toBeLessThanOrEqual(LIVE_WAIT_MS)
  const busy = destination.applied.filter(({ identifiers }) => identifiers.id === 'busy')
  expect(busy.map(({ id }) => id)).toEqual(backlog.map(({ id }) => id))
  expect(partition.deadLetters).toEqual([])
})
