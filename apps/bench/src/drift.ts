// What the watches of drift cost: the time that they take for one event, in nanoseconds; a drain of a worker whose watches see
// the events of every second slice of a quarter of a second (alternating-watches-process.ts); and what is added to Redis every ten
// seconds. Of these the time that the process computed counts: rates tell more of what else the machine does.

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import {
  createUlidSource,
  EventSampler,
  FirstOperations,
  ShapeCounts,
} from '@retention-relay/events'
import type { TrackEvent, TrackInput, retentionPlan } from '@retention-relay/events'
import {
  driftScripts,
  namespaceKeys,
  ScriptRunner,
  storeFirstOperations,
  storeProfile,
  storeShapes,
} from '@retention-relay/queue'

import { measureDrain, NAMESPACE, WORKER_NODE_OPTIONS } from './drain.ts'
import type { Ground } from './drain.ts'
import { CUSTOMERS, loadEvent } from './load.ts'
import { middle } from './middle.ts'
import { nanoseconds } from './nanoseconds.ts'
import { ORDER } from './order.ts'
import type { Figures } from './report.ts'
import { roundTo } from './round-to.ts'
import type { Stamp } from './stamp.ts'
import { stamp } from './stamp.ts'
import { costOfSlices, SLICES_FILE } from './watch-slices.ts'
import type { Slice, SliceCost } from './watch-slices.ts'

const EVENTS_PER_JOB = 50
/** Drains of full size, so that there are some hundred slices. */
const DRAINS = 5
const ADDITIONS = 5
/** Between two additions of a worker. */
const ADDITION_SECONDS = 10
/** About what one worker drains, for what is sampled by the second. */
const EVENTS_PER_MS = 30
const PRODUCER = 'shop@1.0.0'

/** Loaded by a worker process before its own code. */
const ALTERNATING = new URL('alternating-watches-process.js', import.meta.url).href

/** What the watches take for one event of a name, in nanoseconds. */
interface WatchCost {
  readonly name: string
  /** The shape of the customer id. */
  readonly shapeNs: number
  /** The first operation of the customer. */
  readonly firstOperationNs: number
  /** The fields, at the speed of a drain: of each second the first twenty events are looked at. */
  readonly fieldsNs: number
  /** The fields of an event that is looked at. */
  readonly lookedAtNs: number
}

/** What was measured, with product views as the load. */
export interface DriftReport extends Stamp, SliceCost {
  readonly perEvent: readonly WatchCost[]
  /** Milliseconds of processor time of the worker for what it adds after ten seconds of a drain. */
  readonly additionMs: number
  /** By so many per cent the watches and what they add make an event dearer. */
  readonly cpuPercent: number
}

/** Measures with `events` events in each drain. */
export async function measureDrift(ground: Ground, events: number): Promise<DriftReport> {
  const perEvent = [loadEvent(1).event, ORDER].map((input) => measureWatch(input))
  const slices: Slice[] = []
  const rates: number[] = []
  for (let drain = 1; drain <= DRAINS; drain += 1) {
    const { perSecond, slices: more } = await drainInSlices(ground, events)
    slices.push(...more)
    rates.push(perSecond)
    process.stderr.write(`drain ${drain}: ${perSecond}/s\n`)
  }
  const eventsBetween = middle(rates) * ADDITION_SECONDS
  const additionMs = await measureAddition(ground, eventsBetween)
  const { withUs, withoutUs, pairs } = costOfSlices(slices)
  const additionUs = (additionMs * 1000) / eventsBetween
  return {
    ...stamp(),
    perEvent,
    withUs: roundTo(withUs, 2),
    withoutUs: roundTo(withoutUs, 2),
    pairs,
    additionMs: roundTo(additionMs, 1),
    cpuPercent: roundTo(((withUs + additionUs) / withoutUs - 1) * 100, 1),
  }
}

/** The figures for the README. */
export function driftFigures(report: DriftReport): Figures {
  const { cpuPercent, withUs, withoutUs, additionMs, pairs, perEvent } = report
  return {
    section: 'drift',
    lines: [
      `The watches change what an event costs the worker in processor time by ${cpuPercent} %: ${withUs} µs with them, ${withoutUs} µs without, and`,
      `${additionMs} ms every ten seconds for what is added to Redis. What they take for one event, in nanoseconds:`,
      '',
      '| event | shape of the customer id | first operation | fields, sampled | fields of an event that is looked at |',
      '| --- | --- | --- | --- | --- |',
      ...perEvent.map(
        ({ name, shapeNs, firstOperationNs, fieldsNs, lookedAtNs }) =>
          `| \`${name}\` | ${shapeNs} | ${firstOperationNs} | ${fieldsNs} | ${lookedAtNs} |`,
      ),
    ],
    middleOf: `${pairs} pairs of slices of a quarter of a second, of ${DRAINS} drains`,
  }
}

function measureWatch(input: TrackInput<typeof retentionPlan>): WatchCost {
  const events = eventsOf(input)
  const at = (number: number): TrackEvent => events[number % events.length]!
  const [shapes, customers] = [new ShapeCounts(), new FirstOperations()]
  const [sampled, whole] = [new EventSampler(), new EventSampler()]
  const startMs = Date.now()
  return {
    name: input.name,
    shapeNs: nanoseconds((number) => shapes.see(at(number).customerId)),
    firstOperationNs: nanoseconds((number) => customers.see(at(number))),
    fieldsNs: nanoseconds((number) =>
      sampled.see(at(number), PRODUCER, startMs + number / EVENTS_PER_MS),
    ),
    // Each in a second of its own.
    lookedAtNs: nanoseconds((number) => whole.see(at(number), PRODUCER, number * 1000)),
  }
}

/** A drain of a worker whose watches alternate. */
async function drainInSlices(
  ground: Ground,
  events: number,
): Promise<{ readonly perSecond: number; readonly slices: readonly Slice[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'relay-bench-'))
  try {
    const file = join(folder, 'slices.json')
    const { perSecond } = await measureDrain(ground, events, EVENTS_PER_JOB, {
      NODE_OPTIONS: `${WORKER_NODE_OPTIONS} --import ${ALTERNATING}`,
      [SLICES_FILE]: file,
    })
    return { perSecond, slices: JSON.parse(await readFile(file, 'utf8')) as Slice[] }
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Processor time for what a worker adds after so many events of as many customers, in milliseconds. */
async function measureAddition({ client }: Ground, events: number): Promise<number> {
  const runner = new ScriptRunner(client, driftScripts)
  await runner.load()
  const keys = namespaceKeys(NAMESPACE)
  const views = eventsOf(loadEvent(1).event)
  const times: number[] = []
  for (let addition = 0; addition < ADDITIONS; addition += 1) {
    const [shapes, customers, sampler] = [
      new ShapeCounts(),
      new FirstOperations(),
      new EventSampler(),
    ]
    for (let number = 0; number < events; number += 1) {
      const customerId = `cus_${addition * events + number}`
      const event = { ...views[number % views.length]!, customerId }
      shapes.see(customerId)
      customers.see(event)
      sampler.see(event, PRODUCER, number / EVENTS_PER_MS)
    }
    const before = process.cpuUsage()
    await Promise.all([
      storeShapes(runner, keys, shapes.take()),
      storeFirstOperations(runner, keys, customers.take()),
      ...sampler.take().profiles.map((profile) => storeProfile(runner, keys, profile)),
    ])
    const { user, system } = process.cpuUsage(before)
    times.push((user + system) / 1000)
  }
  return middle(times)
}

/** One of each customer, each with data of its own, as they come out of JSON. */
function eventsOf(input: TrackInput<typeof retentionPlan>): TrackEvent[] {
  const nextId = createUlidSource()
  const json = JSON.stringify(input)
  return Array.from({ length: CUSTOMERS }, (_, number) => {
    const { customerId } = loadEvent(number)
    const { name, data } = JSON.parse(json) as TrackInput<typeof retentionPlan>
    return { op: 'track', id: nextId(), customerId, occurredAt: Date.now(), name, data, version: 1 }
  })
}
