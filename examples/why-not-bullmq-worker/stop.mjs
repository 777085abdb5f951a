// Reason 4, stopping. Setup: a worker in the middle of its work.
// Timeline: Redis dies (SIGKILL) or hangs (SIGSTOP), then the worker gets SIGTERM, as from a platform that deploys a new
//   version during the outage.
// Shows: whether it ends by itself, before the platform would kill it.

import { setTimeout as delay } from 'node:timers/promises'

import { onGround } from './ground.mjs'
import { makeEvents } from './load.mjs'
import { startStopwatch } from './stopwatch.mjs'

const JOBS = 2000
const DONE_BEFORE = 100
const LATENCY_MS = 100
const GIVEN_MS = 15_000

/**
 * `outage`: 'dead' or 'hung'.
 *
 * @returns whether it ended within the given time, after how many seconds, and its exit code.
 */
export function measureStop(side, outage) {
  return onGround(LATENCY_MS, async (ground) => {
    const { mock, redis } = ground
    await side.add(ground, makeEvents(JOBS))
    const { process } = await side.start(ground, redis.port)
    await mock.waitFor(({ applied }) => applied >= DONE_BEFORE)
    if (outage === 'dead') await redis.kill('SIGKILL')
    else redis.pause()
    const sinceSignal = startStopwatch()
    process.signal('SIGTERM')
    const exit = await Promise.race([process.exited, delay(GIVEN_MS, null, { ref: false })])
    return {
      outage,
      ended: exit !== null,
      code: exit?.code ?? null,
      seconds: sinceSignal(),
    }
  })
}
