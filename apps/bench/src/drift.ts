// What the watches of drift cost: the time that they take for one event, in nanoseconds; and beside each other, in pairs,
// drains of a worker with them and of one that sees nothing of what its watches are told. Of these the time that the
// process computed counts: rates tell more of what else the machine does. Drains of full size last longer than the ten seconds
// between two additions to Redis, and have these in it; those of --quick mostly have not.

import {
  createUlidSource,
  EventSampler,
  FirstOperations,
  ShapeCounts,
} from '@retention-relay/events'
import type { TrackEvent, TrackInput, retentionPlan } from '@retention-relay/events'
import { namespaceKeys, readShapes } from '@retention-relay/queue'

import { measureDrain, NAMESPACE, WORKER_NODE_OPTIONS } from './drain.ts'
import type { Ground } from './drain.ts'
import { inPairs } from './in-pairs.ts'
import type { Compared } from './in-pairs.ts'
import { CUSTOMERS, loadEvent } from './load.ts'
import { nanoseconds } from './nanoseconds.ts'
import { ORDER } from './order.ts'
import type { Figures } from './report.ts'
import type { Stamp } from './stamp.ts'
import { stamp } from './stamp.ts'

const EVENTS_PER_JOB = 50
/** About what one worker drains, for what is sampled by the second. */
const EVENTS_PER_MS = 30
const PRODUCER = 'shop@1.0.0'

/** Loaded by a worker process before its own code. */
const UNWATCHED = new URL('unwatched-process.js', import.meta.url).href

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
export interface DriftReport extends Stamp {
  readonly perEvent: readonly WatchCost[]
  readonly drain: Compared
}

/** Measures with `events` events in each drain. */
export async function measureDrift(ground: Ground, events: number): Promise<DriftReport> {
  const perEvent = [loadEvent(1).event, ORDER].map((input) => measureWatch(input))
  const drain = await inPairs(async (isWatched) => {
    const settings = isWatched
      ? {}
      : { NODE_OPTIONS: `${WORKER_NODE_OPTIONS} --import ${UNWATCHED}` }
    const figures = await measureDrain(ground, events, EVENTS_PER_JOB, settings)
    await checkWatched(ground, isWatched)
    return figures
  })
  return { ...stamp(), perEvent, drain }
}

/** The figures for the README. */
export function driftFigures({ perEvent, drain }: DriftReport): Figures {
  const cost = `${drain.with.cpuUsPerEvent} µs with the watches, ${drain.without.cpuUsPerEvent} µs without`
  return {
    section: 'drift',
    lines: [
      `The watches make an event ${drain.cpuPercent} % dearer for the worker, in processor time: ${cost}. What they take for one event, in nanoseconds:`,
      '',
      '| event | shape of the customer id | first operation | fields, sampled | fields of an event that is looked at |',
      '| --- | --- | --- | --- | --- |',
      ...perEvent.map(
        ({ name, shapeNs, firstOperationNs, fieldsNs, lookedAtNs }) =>
          `| \`${name}\` | ${shapeNs} | ${firstOperationNs} | ${fieldsNs} | ${lookedAtNs} |`,
      ),
    ],
    middleOf: 'seven pairs of drains',
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

/** The worker must have seen shapes, or none: else what was measured is something else. */
async function checkWatched({ client }: Ground, isWatched: boolean): Promise<void> {
  const shapes = await readShapes(client, namespaceKeys(NAMESPACE))
  if (shapes.length > 0 !== isWatched) {
    throw new Error(isWatched ? 'the worker watched nothing' : 'the worker watched all the same')
  }
}
