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
import { middle } from './middle.ts'
import type { Stamp } from './stamp.ts'
import { stamp } from './stamp.ts'

const CHECKS = 100_000
const REPEATS = 7
const EVENTS_PER_JOB = 50
const CALLERS = 1000
const MILLION = 1_000_000

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

const ORDER: TrackInput<typeof retentionPlan> = {
  name: 'order_placed',
  data: {
    order_id: 'o-981',
    checkout_id: 'co-7310',
    cart_id: 'cart-5521',
    items: ['p-17', 'p-18', 'p-19'].map((product_id) => ({
      product_id,
      sku: 'COF-1KG',
      name: 'Coffee beans 1 kg',
      quantity: 2,
      unit_price: 19.9,
      purchase_type: 'one_time' as const,
    })),
    value: 119.4,
    currency: 'EUR',
  },
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
    enqueueNs: nanoseconds(() => checkData(schema, data, 'data').kind === 'valid'),
    workerNs: nanoseconds(() => judgeEvent(event, retentionPlan).kind === 'valid'),
  }
}

/** Time of one call. It must succeed, or what is measured is something else. */
function nanoseconds(call: () => boolean): number {
  const times = Array.from({ length: REPEATS }, () => {
    const startedMs = performance.now()
    for (let made = 0; made < CHECKS; made += 1) {
      if (!call()) throw new Error('the event does not match its definition')
    }
    return ((performance.now() - startedMs) * MILLION) / CHECKS
  })
  return Math.round(middle(times))
}
