// Everything that sees what a worker does: metrics, log, readiness, the watch of what events look like, the live view. Each
// of them is told all of it, pauses once each.

import { systemClock } from '@retention-relay/delivery'
import type { DeliveryObserver } from '@retention-relay/delivery'
import { personalMask, planHash } from '@retention-relay/events'
import type { TrackingPlan } from '@retention-relay/events'
import { driftScripts, publishTail, ScriptRunner } from '@retention-relay/queue'
import type { RedisClient } from '@retention-relay/queue'
import type { Logger } from 'pino'

import { EventWatch } from './event-watch.ts'
import type { Health } from './health.ts'
import { logObserver } from './log-observer.ts'
import { createMetrics } from './metrics.ts'
import type { WorkerMetrics } from './metrics.ts'
import type { NamespaceGauges } from './namespace-gauges.ts'
import { tellAll } from './observers.ts'
import { followPauses } from './pauses.ts'
import { TailObserver } from './tail-observer.ts'
import { watchReader } from './watch-gauges.ts'

/** What it is made of. */
export interface ObservationParts {
  readonly workerId: string
  readonly namespace: string
  readonly plan: TrackingPlan
  readonly client: RedisClient
  readonly logger: Logger
  readonly health: Health
  /** What of the whole namespace is not settled; null while that cannot be read. */
  readonly readBacklog: () => Promise<NamespaceGauges | null>
  /** Told everything too. */
  readonly also: Partial<DeliveryObserver>
}

/** Those that see, and `observer` that tells them. */
export interface Observation {
  readonly observer: DeliveryObserver
  readonly metrics: WorkerMetrics
  readonly watch: EventWatch
  readonly tail: TailObserver
}

/** Puts it together; the watch does not run yet. */
export function observationOf(parts: ObservationParts): Observation {
  const { logger, health, also } = parts
  const metrics = metricsOf(parts)
  const watch = watchOf(parts, metrics)
  const tail = tailOf(parts)
  const observers = [
    metrics.observer,
    logObserver(logger),
    health.observer(),
    watch.observer,
    tail,
    also,
  ]
  return { observer: followPauses(tellAll(observers)), metrics, watch, tail }
}

function metricsOf({ client, namespace, plan, readBacklog }: ObservationParts): WorkerMetrics {
  return createMetrics(readBacklog, watchReader(client, namespace, { plan, now }), plan)
}

function watchOf(
  { client, namespace, plan }: ObservationParts,
  metrics: WorkerMetrics,
): EventWatch {
  return new EventWatch({
    runner: new ScriptRunner(client, driftScripts),
    namespace,
    planHash: planHash(plan),
    clock: systemClock,
    unwatched: metrics.noteUnwatched,
    newCustomers: metrics.noteNewCustomers,
  })
}

function tailOf({ workerId, client, namespace, plan }: ObservationParts): TailObserver {
  return new TailObserver({
    workerId,
    mask: personalMask(plan),
    // Whoever looks sees less while Redis is away.
    publish: (message) => void publishTail(client, namespace, message).catch(() => undefined),
    now,
  })
}

function now(): number {
  return systemClock.wall()
}
