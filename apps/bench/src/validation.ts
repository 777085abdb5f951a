// What the tracking plan costs: the time of one check, in nanoseconds, as `track` makes it and as the worker does before it
// sends; and beside each other, in pairs, enqueue and drain with the shipped plan and with a plan that checks nothing. Of
// these the time that the process computed counts: rates tell more of what else the machine does.

import {
  checkData,
  createUlidSource,
  findDefinition,
  judgeEvent,
  loadTrackingPlan,
  retentionPlan,
} from '@retention-relay/events'
import type { TrackEvent, TrackInput } from '@retention-relay/events'
import { LOOSE_PLAN } from '@retention-relay/testkit'

import { measureDrain } from './drain.ts'
import type { Ground } from './drain.ts'
import { measureEnqueue } from './enqueue.ts'
import { inPairs } from './in-pairs.ts'
import type { Compared } from './in-pairs.ts'
import { loadEvent } from './load.ts'
import { nanoseconds } from './nanoseconds.ts'
import { ORDER } from './order.ts'
import type { Figures } from './report.ts'
import type { Stamp } from './stamp.ts'
import { stamp } from './stamp.ts'

const EVENTS_PER_JOB = 50
const CALLERS = 1000

/** The cost of one event of a name. */
interface CheckCost {
  readonly name: string
  /** One check at `track`, in nanoseconds. */
  readonly enqueueNs: number
  /** One judging at the worker, in nanoseconds. */
  readonly workerNs: number
}

/** What was measured, with product views as the load. */
export interface ValidationReport extends Stamp {
  readonly perEvent: readonly CheckCost[]
  readonly drain: Compared
  readonly enqueue: Compared
}

/** Measures with `events` events in each drain and enqueue. */
export async function measureValidation(ground: Ground, events: number): Promise<ValidationReport> {
  const perEvent = [loadEvent(1).event, ORDER].map((input) => measureCheck(input))
  const drain = await inPairs(async (isChecked) => {
    const settings = isChecked ? {} : { RELAY_TRACKING_PLAN: LOOSE_PLAN }
    return await measureDrain(ground, events, EVENTS_PER_JOB, settings)
  })
  // Its events are those of the shipped plan.
  const unchecked = (await loadTrackingPlan(LOOSE_PLAN)) as typeof retentionPlan
  const enqueue = await inPairs(async (isChecked) => {
    const plan = isChecked ? retentionPlan : unchecked
    const before = process.cpuUsage()
    const { perSecond } = await measureEnqueue(ground, events, CALLERS, plan)
    const { user, system } = process.cpuUsage(before)
    return { perSecond, cpuUsPerEvent: (user + system) / events }
  })
  return { ...stamp(), perEvent, drain, enqueue }
}

/** The figures for the README. */
export function validationFigures({ perEvent, drain, enqueue }: ValidationReport): Figures {
  const row = (what: string, { cpuPercent, ...runs }: Compared): string =>
    `| ${what} | ${runs.with.cpuUsPerEvent} | ${runs.without.cpuUsPerEvent} | ${cpuPercent} % |`
  return {
    section: 'validation',
    lines: [
      '| processor time of one event, µs | checked | unchecked | dearer by |',
      '| --- | --- | --- | --- |',
      row('enqueue with 1,000 callers at once', enqueue),
      row('drain of one worker process', drain),
      '',
      '| one check, ns | at `track` | at the worker |',
      '| --- | --- | --- |',
      ...perEvent.map((cost) => `| \`${cost.name}\` | ${cost.enqueueNs} | ${cost.workerNs} |`),
    ],
    middleOf: 'seven pairs',
  }
}

function measureCheck({ name, data }: TrackInput<typeof retentionPlan>): CheckCost {
  const { schema, version } = findDefinition(retentionPlan, name)!
  const id = createUlidSource()()
  const occurredAt = Date.now()
  const event: TrackEvent = {
    op: 'track',
    id,
    customerId: 'cus_1',
    occurredAt,
    name,
    data,
    version,
  }
  return {
    name,
    enqueueNs: nanoseconds(() => demandValid(checkData(schema, data, 'data'))),
    workerNs: nanoseconds(() => demandValid(judgeEvent(event, retentionPlan, occurredAt))),
  }
}

/** Or what is measured is something else. */
function demandValid({ kind }: { readonly kind: string }): void {
  if (kind !== 'valid') throw new Error('the event does not match its definition')
}
