// `npm run bench -- [--quick] [--json] [--write]`: drain and enqueue, beside BullMQ's own; --write puts the figures into the
// README. Everything runs on one private Redis with the settings that infra ships (AOF always), pair by pair, so that
// a slow moment of the machine meets both sides.
// `npm run bench -- --outage [--events N] [--outage-seconds S] [--json]`: a million events come in while the destination is
// out; how large the worker grows, and how the backlog leaves.
// `npm run bench -- --away [--seconds S] [--json]`: Redis is away under a producer, ten minutes where nothing is said. Exits
// with 1 when an event was lost or doubled, or the producer holds more than its bound.
// `npm run bench -- --validation [--quick] [--json] [--write]`: what it costs to check events against the tracking plan.
// `npm run bench -- --drift [--quick] [--json] [--write]`: what it costs to watch for drift.

import { parseArgs } from 'node:util'

import { startTestRedis } from '@retention-relay/testkit'
import { Redis } from 'ioredis'

import { measureAway } from './away.ts'
import { measureDrain, measureStockDrain } from './drain.ts'
import type { Ground } from './drain.ts'
import { driftFigures, measureDrift } from './drift.ts'
import { measureEnqueue, measureStockEnqueue } from './enqueue.ts'
import { middle } from './middle.ts'
import { measureOutage } from './outage.ts'
import { reportFigures } from './report.ts'
import type { Figures, Report } from './report.ts'
import { roundTo } from './round-to.ts'
import { stamp } from './stamp.ts'
import { measureValidation, validationFigures } from './validation.ts'
import { writeReadme } from './write-readme.ts'

const ROUNDS = 3
const EVENTS_PER_JOB = 50
const CALLERS = 1000
const SIZES = {
  quick: { drain: 100_000, stock: 30_000, enqueue: 100_000 },
  full: { drain: 400_000, stock: 100_000, enqueue: 300_000 },
}
/** The best of these counts for BullMQ's Worker. */
const CONCURRENCIES = [50, 100, 200]

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    outage: { type: 'boolean', default: false },
    away: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '600' },
    validation: { type: 'boolean', default: false },
    drift: { type: 'boolean', default: false },
    events: { type: 'string', default: '1000000' },
    'outage-seconds': { type: 'string', default: '60' },
  },
})
const sizes = values.quick ? SIZES.quick : SIZES.full
const closers: (() => Promise<void>)[] = []
const onEnd = (close: () => Promise<void>): void => void closers.push(close)
const say = (text: string): void => void process.stderr.write(`${text}\n`)

try {
  const { report, figures } = values.away
    ? await measureAwayAlone()
    : await measure(await openGround())
  if (values.write && figures !== null) writeReadme(figures, process.argv.slice(2), stamp())
  process.stdout.write(
    values.json ? `${JSON.stringify(report)}\n` : `${JSON.stringify(report, null, 2)}\n`,
  )
} finally {
  for (const close of closers.toReversed()) await close()
}

async function openGround(): Promise<Ground> {
  const redis = await startTestRedis({ onEnd })
  const client = new Redis(redis.socketPath, { maxRetriesPerRequest: null })
  onEnd(async () => client.disconnect())
  return { client, socketPath: redis.socketPath, onEnd }
}

/** Figures are null where the README has none. */
interface Measured {
  readonly report: object
  readonly figures: Figures | null
}

/** On a Redis of its own, which it stops. */
async function measureAwayAlone(): Promise<Measured> {
  const report = await measureAway(onEnd, Number(values.seconds))
  for (const fault of report.faults) say(fault)
  if (report.faults.length > 0) process.exitCode = 1
  return { report, figures: null }
}

async function measure(ground: Ground): Promise<Measured> {
  if (values.outage) {
    const seconds = Number(values['outage-seconds'])
    return { report: await measureOutage(ground, Number(values.events), seconds), figures: null }
  }
  if (values.validation) {
    const report = await measureValidation(ground, sizes.drain)
    return { report, figures: validationFigures(report) }
  }
  if (values.drift) {
    const report = await measureDrift(ground, sizes.drain)
    return { report, figures: driftFigures(report) }
  }
  const report = await measureAll(ground)
  return { report, figures: reportFigures(report) }
}

async function measureAll(ground: Ground): Promise<Report> {
  const best = await bestConcurrency(ground)
  const rounds = []
  for (let round = 1; round <= ROUNDS; round += 1) {
    const stock = (await measureStockDrain(ground, sizes.stock, best)).perSecond
    const relay = (await measureDrain(ground, sizes.drain, EVENTS_PER_JOB)).perSecond
    const stockAdd = await measureStockEnqueue(ground, sizes.enqueue / 4, CALLERS)
    const track = await measureEnqueue(ground, sizes.enqueue, CALLERS)
    say(
      `round ${round}: drain ${relay}/s, BullMQ's no-op ${stock}/s; enqueue ${track.perSecond}/s, queue.add ${stockAdd.perSecond}/s`,
    )
    rounds.push({ stock, relay, stockAdd, track })
  }
  const drain = middle(rounds.map(({ relay }) => relay))
  const stockDrain = middle(rounds.map(({ stock }) => stock))
  const enqueue = middle(rounds.map(({ track }) => track.perSecond))
  const stockEnqueue = middle(rounds.map(({ stockAdd }) => stockAdd.perSecond))
  return {
    ...stamp(),
    drainPerSecond: drain,
    stockDrainPerSecond: stockDrain,
    stockConcurrency: best,
    drainRatio: ratios(rounds, ({ relay, stock }) => relay / stock),
    enqueuePerSecond: enqueue,
    stockEnqueuePerSecond: stockEnqueue,
    enqueueRatio: ratios(rounds, ({ track, stockAdd }) => track.perSecond / stockAdd.perSecond),
    enqueueP50Ms: middle(rounds.map(({ track }) => track.p50Ms)),
    enqueueP99Ms: middle(rounds.map(({ track }) => track.p99Ms)),
  }
}

async function bestConcurrency(ground: Ground): Promise<number> {
  let [best, bestRate] = [CONCURRENCIES[0]!, 0]
  for (const concurrency of CONCURRENCIES) {
    const { perSecond } = await measureStockDrain(ground, sizes.stock, concurrency)
    say(`BullMQ's no-op Worker, concurrency ${concurrency}: ${perSecond}/s`)
    if (perSecond > bestRate) [best, bestRate] = [concurrency, perSecond]
  }
  return best
}

/** Middle of the ratios of the pairs. */
function ratios<Round>(rounds: readonly Round[], ratio: (round: Round) => number): number {
  return roundTo(middle(rounds.map(ratio)), 1)
}
