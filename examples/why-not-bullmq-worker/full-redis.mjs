// Reason 3, a full Redis. Setup: a worker that is idle, or one that has just begun with a backlog.
// Timeline: Redis becomes full (more in use than maxmemory, noeviction, as after a flood of other writes). The idle worker
//   is held with SIGSTOP for the moment in which its backlog is added and Redis becomes full.
// Shows: how much of the backlog is delivered in the time given, and how many errors that costs. Memory can shrink only
//   by delivering.

import { onGround } from './ground.mjs'
import { makeEvents } from './load.mjs'
import { startStopwatch } from './stopwatch.mjs'

const JOBS = 1000
const DONE_BEFORE = 100
const LATENCY_MS = 20
const GIVEN_MS = 8000

/**
 * `work`: what the worker was doing when Redis became full, 'idle' or 'busy'.
 *
 * @returns how many of `jobs` were `drained` within `seconds`, and the worker's errors.
 */
export function measureFullRedis(side, work) {
  return onGround(LATENCY_MS, async (ground) => {
    const { mock, client } = ground
    const events = makeEvents(JOBS)
    const worker = await (work === 'idle' ? fillIdle : fillBusy)(ground, side, events)
    const before = mock.summary().applied
    const sinceFull = startStopwatch()
    worker.process.signal('SIGCONT')
    await mock.waitFor(({ applied }) => applied === JOBS, { timeoutMs: GIVEN_MS }).catch(() => null)
    const seconds = sinceFull()
    const drained = mock.summary().applied - before
    await client.config('SET', 'maxmemory', '0')
    return { work, jobs: JOBS - before, drained, seconds, ...worker.faults() }
  })
}

async function fillIdle(ground, side, events) {
  const worker = await side.start(ground, ground.redis.port)
  worker.process.signal('SIGSTOP')
  await side.add(ground, events)
  await fill(ground.client)
  return worker
}

async function fillBusy(ground, side, events) {
  await side.add(ground, events)
  const worker = await side.start(ground, ground.redis.port)
  await ground.mock.waitFor(({ applied }) => applied >= DONE_BEFORE)
  await fill(ground.client)
  return worker
}

async function fill(client) {
  await client.config('SET', 'maxmemory', '1')
  const refusal = await client.set('plain', 'write').catch((error) => error.message)
  if (!String(refusal).startsWith('OOM')) throw new Error(`Redis is not full: ${refusal}`)
}
