// All cases, run side by side where they mostly wait: BullMQ finds a stranded job after half a minute to a minute.

import { measureFullRedis } from './full-redis.mjs'
import { measureOrder } from './order.mjs'
import { relaySide } from './relay.mjs'
import { stockSide } from './stock.mjs'
import { measureStop } from './stop.mjs'
import { measureZombie } from './zombie.mjs'

/** What a processor does before it sends, in the case of the zombie: part of its jobs are at that point. */
const PREPARE_MS = 200

/** Runs every case. `say` takes a line of progress at a time. */
export async function runCases(say) {
  const relay = relaySide()
  const stock = stockSide({ concurrency: 16 })
  const one = async (title, run) => {
    const result = await run()
    say(`done: ${title}`)
    return result
  }
  const [inOrder, side50, zombie, relayCases] = await Promise.all([
    one('order, BullMQ, concurrency 1', () => measureOrder(stockSide({ concurrency: 1 }))),
    one('order, BullMQ, concurrency 50', () => measureOrder(stockSide({ concurrency: 50 }))),
    one('zombie, BullMQ', () =>
      measureZombie(stockSide({ concurrency: 16, prepareMs: PREPARE_MS })),
    ),
    runShortCases(stock, relay, one),
  ])
  const { order, zombie: relayZombie, ...others } = relayCases
  return {
    order: { stock1: inOrder, stock50: side50, relay: order },
    zombie: { stock: zombie, relay: relayZombie },
    ...others,
  }
}

/** Those that take seconds, one after the other. */
async function runShortCases(stock, relay, one) {
  const pair = async (title, measure) => ({
    stock: await one(`${title}, BullMQ`, () => measure(stock)),
    relay: await one(`${title}, relay`, () => measure(relay)),
  })
  return {
    order: await one('order, relay', () => measureOrder(relay)),
    zombie: await one('zombie, relay', () => measureZombie(relay)),
    fullIdle: await pair('full Redis, idle worker', (side) => measureFullRedis(side, 'idle')),
    fullBusy: await pair('full Redis, busy worker', (side) => measureFullRedis(side, 'busy')),
    ...(await runStopCases(pair)),
  }
}

async function runStopCases(pair) {
  const [stopDead, stopHung] = await Promise.all([
    pair('stop, Redis dead', (side) => measureStop(side, 'dead')),
    pair('stop, Redis hung', (side) => measureStop(side, 'hung')),
  ])
  return { stopDead, stopHung }
}
