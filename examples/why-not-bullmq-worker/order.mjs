// Reason 1, order. Setup: numbered jobs of many customers; one worker behind a proxy to its Redis.
// Timeline: while they drain, the worker's connections are cut again and again; in half of the cuts Redis has carried a
//   command out and only its reply is lost. Then nothing goes wrong any more, and every job is waited for.
// Shows: which events arrived after a later one of their customer, and how much later.

import { onGround } from './ground.mjs'
import { makeEvents, readArrivals } from './load.mjs'
import { startStopwatch } from './stopwatch.mjs'

const JOBS = 2000
const CUTS = 20
const LATENCY_MS = 2
/** Bound on each step. The stock Worker needs up to a minute to find a stranded job. */
const STEP_MS = 110_000

/** @returns what `readArrivals` says, the number of cuts, and the seconds of the whole run. */
export function measureOrder(side) {
  return onGround(LATENCY_MS, async (ground) => {
    const { mock, proxy } = ground
    const events = makeEvents(JOBS)
    await side.add(ground, events)
    const seconds = startStopwatch()
    const { process } = await side.start(ground, proxy.port)
    for (let cut = 1; cut <= CUTS; cut += 1) {
      await arrived(mock, (cut * JOBS) / (CUTS + 3))
      if (cut % 2 === 0) await proxy.cut({ after: 'request', match: 'evalsha' })
      else await proxy.cutAll()
    }
    await arrived(mock, JOBS)
    const result = { cuts: CUTS, jobs: JOBS, ...readArrivals(mock, events), seconds: seconds() }
    await process.kill('SIGKILL')
    return result
  })
}

async function arrived(mock, count) {
  await mock.waitFor(({ applied }) => applied >= count, { timeoutMs: STEP_MS })
}
