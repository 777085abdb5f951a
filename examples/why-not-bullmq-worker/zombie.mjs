// Reason 2, zombies. Setup: numbered jobs of many customers; one worker drains them.
// Timeline: the worker is stopped with SIGSTOP (a long pause of its machine) in the middle of its work. A second worker
//   starts and does everything that is left, the stopped one's jobs too. Then the first one continues where it was.
// Shows: what the former owner still sends, and which events arrived after a later one of their customer.

import { setTimeout as delay } from 'node:timers/promises'

import { onGround } from './ground.mjs'
import { makeEvents, readArrivals } from './load.mjs'
import { startStopwatch } from './stopwatch.mjs'

const JOBS = 3000
const DONE_BEFORE = 300
const LATENCY_MS = 20
/** What the former owner may do after it has woken, before it is told to stop. */
const AWAKE_MS = 3000
/** Bound on each step: a lock of 30 s must end, and up to two checks for stalled jobs pass. */
const STEP_MS = 110_000

/** @returns what `readArrivals` says, and `fromZombie`: events that the former owner sent after it had woken. */
export function measureZombie(side) {
  return onGround(LATENCY_MS, async (ground) => {
    const { mock, redis } = ground
    const events = makeEvents(JOBS)
    await side.add(ground, events)
    const former = await side.start(ground, redis.port)
    await arrived(mock, DONE_BEFORE)
    former.process.signal('SIGSTOP')
    const sinceStop = startStopwatch()
    const successor = await side.start(ground, redis.port)
    await arrived(mock, JOBS)
    const seconds = sinceStop()
    await successor.process.kill('SIGTERM')
    const before = mock.summary().received
    former.process.signal('SIGCONT')
    await delay(AWAKE_MS)
    await former.process.kill('SIGTERM')
    const fromZombie = mock.summary().received - before
    return { jobs: JOBS, fromZombie, ...readArrivals(mock, events), seconds }
  })
}

async function arrived(mock, count) {
  await mock.waitFor(({ applied }) => applied >= count, { timeoutMs: STEP_MS })
}
