// What Prometheus scrapes. Counters count what this process did; gauges of the whole namespace are read from Redis at
// each scrape. Names are fixed: dashboards and alerts stand on them.

import type { DeliveryObserver } from '@retention-relay/delivery'
import {
  CUSTOMERS_PER_LOOK,
  DEAD_REASONS,
  eventDefinitions,
  FIRST_OPERATIONS,
} from '@retention-relay/events'
import type { FirstOperation, TrackingPlan } from '@retention-relay/events'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'

import { registerNamespaceGauges } from './namespace-gauges.ts'
import type { NamespaceGauges } from './namespace-gauges.ts'
import { registerWatchGauges } from './watch-gauges.ts'
import type { WatchFindings } from './watch-gauges.ts'

/** Bounds of the latency histogram in seconds: from one batch to the cliff of 72 h. */
const LATENCY_BUCKETS_S = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 14_400, 86_400,
  259_200,
]

/** Names from outside would be series without end. */
const OTHER = 'other'

/** Metrics of one worker. */
export interface WorkerMetrics {
  readonly registry: Registry
  /** Must be told each pause once, and its end. */
  readonly observer: DeliveryObserver
  /** Redis has lost the namespace. */
  readonly noteEmptied: () => void
  /** So many events were not watched. */
  readonly noteUnwatched: (events: number) => void
  /** Customers that the namespace had not seen before, by what they were seen with first; one in eight was looked at. */
  readonly noteNewCustomers: (counts: Readonly<Record<FirstOperation, number>>) => void
}

/** Makes the metrics. `readNamespace` and `readWatch` read Redis; null while it is away. */
export function createMetrics(
  readNamespace: () => Promise<NamespaceGauges | null>,
  readWatch: () => Promise<WatchFindings | null>,
  plan: TrackingPlan,
): WorkerMetrics {
  const registry = new Registry()
  const registers = [registry]
  const accepted = new Counter({
    name: 'relay_events_accepted_total',
    help: 'Events claimed for the first time.',
    registers,
  })
  const delivered = new Counter({
    name: 'relay_events_delivered_total',
    help: 'Events that Customer.io accepted.',
    registers,
  })
  const duplicate = new Counter({
    name: 'relay_events_duplicate_total',
    help: 'Events that were delivered before.',
    registers,
  })
  const dead = new Counter({
    name: 'relay_events_dead_total',
    help: 'Events that became dead letters.',
    labelNames: ['reason'],
    registers,
  })
  const tolerated = new Counter({
    name: 'relay_events_tolerated_total',
    help: 'Delivered events that do not match the tracking plan.',
    labelNames: ['name'],
    registers,
  })
  const late = new Counter({
    name: 'relay_events_late_total',
    help: 'Delivered events that are too old to start a campaign.',
    registers,
  })
  const requests = new Counter({
    name: 'relay_requests_total',
    help: 'Requests to Customer.io by outcome.',
    labelNames: ['outcome'],
    registers,
  })
  const unknown = new Counter({
    name: 'relay_requests_unknown_total',
    help: 'Requests whose outcome is not known.',
    registers,
  })
  const durations = new Histogram({
    name: 'relay_request_duration_seconds',
    help: 'Duration of a request.',
    registers,
  })
  const latency = new Histogram({
    name: 'relay_delivery_latency_seconds',
    help: 'Commit to acknowledged settle.',
    buckets: LATENCY_BUCKETS_S,
    registers,
  })
  const outOfSync = new Counter({
    name: 'relay_consumer_out_of_sync_total',
    help: 'Sessions that ended in a requeue.',
    registers,
  })
  const emptied = new Counter({
    name: 'relay_redis_emptied_total',
    help: 'Times that Redis had lost the namespace with all that waited in it.',
    registers,
  })
  const unwatched = new Counter({
    name: 'relay_events_unwatched_total',
    help: 'Events that drift is not watched of: too many names and producers, or too long a name.',
    registers,
  })
  const newCustomers = new Counter({
    name: 'relay_customers_new_total',
    help: 'Customers that were not seen before, by their first operation; an estimate, one in eight is looked at.',
    labelNames: ['first'],
    registers,
  })
  const leased = new Gauge({
    name: 'relay_partitions_leased',
    help: 'Partitions that this worker leases.',
    registers,
  })
  const paused = new Gauge({
    name: 'relay_paused',
    help: 'Partitions of this worker that wait on purpose; 1 where the whole worker waits.',
    labelNames: ['reason'],
    registers,
  })
  registerNamespaceGauges(registry, readNamespace)
  registerWatchGauges(registry, readWatch)
  for (const reason of DEAD_REASONS) dead.inc({ reason }, 0)
  const names = namesOf(plan)
  for (const name of names) tolerated.inc({ name }, 0)

  const observer: DeliveryObserver = {
    leaseTaken: () => leased.inc(),
    leaseEnded: () => leased.dec(),
    outOfSync: () => outOfSync.inc(),
    claimed: (_partition, events) => accepted.inc(events),
    answered: (facts) => {
      requests.inc({ outcome: facts.outcome })
      if (facts.unknownOutcome) unknown.inc()
      durations.observe(facts.durationMs / 1000)
    },
    settled: (facts) => {
      delivered.inc(facts.delivered)
      duplicate.inc(facts.duplicate)
      for (const letter of facts.dead) dead.inc({ reason: letter.reason })
      for (const { label } of facts.tolerated) {
        tolerated.inc({ name: names.has(label) ? label : OTHER })
      }
      late.inc(facts.late)
      for (const latencyMs of facts.latenciesMs) latency.observe(latencyMs / 1000)
    },
    paused: (reason) => paused.inc({ reason }),
    resumed: (reason) => paused.dec({ reason }),
  }
  return {
    registry,
    observer,
    noteEmptied: () => emptied.inc(),
    noteUnwatched: (events) => unwatched.inc(events),
    noteNewCustomers: (counts) => {
      for (const first of FIRST_OPERATIONS) {
        newCustomers.inc({ first }, counts[first] * CUSTOMERS_PER_LOOK)
      }
    },
  }
}

/** Names that stand in metrics: those of the plan, the attributes of an identify, and one for all others. */
function namesOf(plan: TrackingPlan): ReadonlySet<string> {
  return new Set([...eventDefinitions(plan).map(({ name }) => name), 'identify', OTHER])
}
