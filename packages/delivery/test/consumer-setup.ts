// A consumer on a partition in memory, a scripted destination and a clock in the test's hand.
import { identifyFirst, retentionPlan, timeRules } from '@retention-relay/events'
import { onTestFinished } from 'vitest'

import { DEFAULT_BATCH_LIMITS } from '../src/batch.ts'
import { ByteBudget } from '../src/byte-budget.ts'
import { Consumer } from '../src/consumer.ts'
import type { ConsumerParts } from '../src/consumer.ts'
import { EndpointGate } from '../src/endpoint-gate.ts'
import { Lease, momentOf } from '../src/lease.ts'
import { MassRejection } from '../src/mass-rejection.ts'
import { NamespacePause } from '../src/namespace-pause.ts'
import { RateShare } from '../src/rate-share.ts'
import { allValid, NAMESPACE } from './events.ts'
import { FakeClock } from './fake-clock.ts'
import { FakePartition } from './fake-partition.ts'
import { Recorder } from './recorder.ts'
import { ScriptedDestination } from './scripted-destination.ts'

export const TIMES = { ttlMs: 10_000, marginMs: 1_000 }
/** Between two renewals of the lease, in milliseconds. */
const RENEW_MS = 2_500

/** The parts and the consumer, which has not started. */
export interface ConsumerBench {
  readonly clock: FakeClock
  readonly partition: FakePartition
  readonly destination: ScriptedDestination
  readonly recorder: Recorder
  readonly lease: Lease
  readonly rate: RateShare
  readonly gate: EndpointGate
  readonly parts: ConsumerParts
  readonly start: () => Consumer
  /** Keeps the lease as the manager does. */
  readonly renew: () => void
}

/** `changes` win over the usual parts. */
export function setupConsumer(changes: Partial<ConsumerParts> = {}): ConsumerBench {
  const clock = new FakeClock()
  const partition = new FakePartition(clock)
  const destination = new ScriptedDestination()
  const recorder = new Recorder()
  partition.token = 'worker#1'
  const lease = new Lease(3, 'worker#1', momentOf(clock), clock, TIMES)
  const rate = new RateShare(100_000, clock)
  rate.setShare(1)
  const stop = new AbortController()
  const common = { clock, random: () => 1, observer: recorder }
  const pause = new NamespacePause(recorder)
  const closed = (): void => rate.startSlowly()
  const gate = new EndpointGate({ ...common, destination, stop: stop.signal, pause, closed })
  const parts: ConsumerParts = {
    ...common,
    lease,
    namespace: NAMESPACE,
    queue: partition,
    judge: allValid,
    time: timeRules(retentionPlan, NAMESPACE),
    identifyFirst: identifyFirst(retentionPlan),
    destination,
    gate,
    rate,
    massRejection: new MassRejection(pause),
    budget: new ByteBudget(1_000_000),
    limits: DEFAULT_BATCH_LIMITS,
    settler: { partition: 3, worker: 'worker', now: () => clock.wall() },
    nextToken: tokens('worker'),
    ...changes,
  }
  const renew = (): void => lease.extend(momentOf(clock))
  onTestFinished(() => stop.abort())
  const start = (): Consumer => new Consumer(parts)
  return { clock, partition, destination, recorder, lease, rate, gate, parts, start, renew }
}

function tokens(workerId: string): () => string {
  let epoch = 1
  return () => {
    epoch += 1
    return `${workerId}#${epoch}`
  }
}

/** Starts a consumer that ends with the test. */
export function startConsumer(bench: ConsumerBench): Consumer {
  const consumer = bench.start()
  onTestFinished(async () => {
    consumer.leaseOver()
    await consumer.done
  })
  return consumer
}

/** Lets so much time pass, the lease being renewed meanwhile, as often as the manager does. */
export async function forMs(bench: ConsumerBench, ms: number): Promise<void> {
  for (let leftMs = ms; leftMs > 0; leftMs -= RENEW_MS) {
    await bench.clock.advance(Math.min(leftMs, RENEW_MS))
    bench.renew()
  }
}
