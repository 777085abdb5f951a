// What happens between the processes and Redis.

import type { Cut, FaultProxy } from '@retention-relay/testkit'

import type { Stage } from '../stage/stage.ts'
import { last } from './fault-action.ts'
import type { FaultAction } from './fault-action.ts'

/** How long a cut may wait for a request that meets it, and what was held back for its answers. */
const MEET_MS = 1000

const POINTS: readonly Cut[] = [{ after: 'request' }, { before: 'request' }, { within: 'request' }]

/** Cuts one connection after another, round the proxies: before a request, in the middle of it, and when it was carried out. */
export const cutConnections: FaultAction = async (stage, { forMs, amount }) => {
  stage.timeline.note('network', `${amount} connections to Redis are cut`)
  for (let cut = 0; cut < amount; cut += 1) {
    await cutOne(stage, proxyAt(stage.redis.proxies(), cut), cut)
    await last(stage, forMs / amount)
  }
  stage.timeline.note('network', 'no more cuts')
}

/** Cuts every connection at once. */
export const cutAllConnections: FaultAction = async (stage) => {
  const cuts = await Promise.all(stage.redis.proxies().map((proxy) => proxy.cutAll()))
  const total = cuts.reduce((sum, count) => sum + count, 0)
  stage.timeline.note('network', `all ${total} connections to Redis are cut`)
}

/** Latency in each direction. */
export const slowDown: FaultAction = async (stage, { forMs, amount }) => {
  stage.timeline.note('network', `Redis is ${2 * amount} ms away`)
  for (const proxy of stage.redis.proxies()) proxy.delay(amount)
  await last(stage, forMs)
  for (const proxy of stage.redis.proxies()) proxy.delay(0)
  stage.timeline.note('network', 'Redis is near again')
}

/** What is sent over one proxy arrives after the time, when its sender has given it up and has begun anew. */
export const holdBack: FaultAction = async (stage, { forMs, amount }) => {
  const proxy = proxyAt(stage.redis.proxies(), amount)
  stage.timeline.note('network', `what goes to Redis over port ${proxy.port} is held back`)
  await stage.runFile.outage('link_held', async () => {
    const hold = proxy.hold()
    await last(stage, forMs)
    stage.timeline.note('network', 'what was held back arrives')
    // A blocking command may have no answer for long.
    await Promise.race([hold.release(), last(stage, MEET_MS)])
  })
}

async function cutOne(stage: Stage, proxy: FaultProxy, number: number): Promise<void> {
  // Each proxy meets all of them.
  const round = Math.floor(number / stage.redis.proxies().length)
  const point = POINTS[(number + round) % POINTS.length]!
  const cut = proxy.cut(point).catch(() => undefined)
  await Promise.race([cut, last(stage, MEET_MS)])
  proxy.disarm()
}

function proxyAt(proxies: readonly FaultProxy[], number: number): FaultProxy {
  return proxies[number % proxies.length]!
}
