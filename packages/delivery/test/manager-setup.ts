// Workers that share one lease store: each a manager whose consumers do nothing but end when they are told to.
import type { Consumer } from '../src/consumer.ts'
import { deferred } from '../src/deferred.ts'
import type { Lease } from '../src/lease.ts'
import { NamespacePause } from '../src/namespace-pause.ts'
import { PartitionManager } from '../src/partition-manager.ts'
import type { PartitionManagerParts } from '../src/partition-manager.ts'
import { RateShare } from '../src/rate-share.ts'
import { FakeClock } from './fake-clock.ts'
import { FakeLeases, TTL_MS } from './fake-leases.ts'
import { Recorder } from './recorder.ts'

/** A consumer that ends when the lease is over, or when its stop has lasted `stopMs`. */
export class IdleConsumer {
  readonly lease: Lease
  readonly #end = deferred()
  readonly #wait: () => Promise<void>
  isStopped = false

  constructor(lease: Lease, wait: () => Promise<void>) {
    this.lease = lease
    this.#wait = wait
  }

  get done(): Promise<void> {
    return this.#end.promise
  }

  /** Ends by itself, as after a lost lease. */
  readonly leaseOver = (): void => this.#end.resolve()

  async stop(): Promise<void> {
    this.isStopped = true
    await this.#wait()
    this.#end.resolve()
    await this.#end.promise
  }
}

/** One worker. */
export interface TestWorker {
  readonly manager: PartitionManager
  readonly recorder: Recorder
  readonly rate: RateShare
  readonly consumers: IdleConsumer[]
  /** What a stop of a consumer waits for. */
  stopping: () => Promise<void>
}

/** Ports of a worker that a test changes. */
export type PortChanges = Partial<Pick<PartitionManagerParts, 'leases' | 'registry'>>

/** A store for so many partitions, and a way to start workers on it. */
export function setupWorkers(partitions: number) {
  const clock = new FakeClock()
  const store = new FakeLeases(clock)
  const start = (workerId: string, changes: PortChanges = {}): TestWorker => {
    const recorder = new Recorder()
    const rate = new RateShare(100, clock)
    const consumers: IdleConsumer[] = []
    let epoch = 0
    const consume = (lease: Lease): Consumer => {
      const consumer = new IdleConsumer(lease, () => worker.stopping())
      consumers.push(consumer)
      return consumer as unknown as Consumer
    }
    const manager = new PartitionManager({
      workerId,
      partitions,
      times: { ttlMs: TTL_MS, marginMs: 1000 },
      leases: store.leasesOf(workerId),
      registry: store.registryOf(workerId),
      pause: new NamespacePause(recorder),
      rate,
      clock,
      observer: recorder,
      nextToken: () => `${workerId}#${(epoch += 1)}`,
      consume,
      requestTimeoutMs: 10_000,
      ...changes,
    })
    const stopping = (): Promise<void> => Promise.resolve()
    const worker: TestWorker = { manager, recorder, rate, consumers, stopping }
    manager.start()
    return worker
  }
  return { clock, store, start }
}
