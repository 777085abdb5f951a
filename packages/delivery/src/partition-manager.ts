// Leases partitions and runs a consumer for each, in two loops, so that no answer that is late holds up a renewal. One
// keeps: it renews each lease on its own, and ends what was not renewed in time together with its consumer. The other
// shares: it tells the registry, compares with this worker's share, takes free partitions or hands one over. When
// Redis is away nothing is taken and nothing is lost.

import type { Consumer } from './consumer.ts'
import { Lease, momentOf } from './lease.ts'
import type { LeaseTimes } from './lease.ts'
import type { NamespacePause } from './namespace-pause.ts'
import type { Clock, DeliveryObserver, LeasePort, RegistryPort } from './ports.ts'
import type { RateShare } from './rate-share.ts'
import { targetShare } from './sharing.ts'

/** Default lease: 10 s in Redis, over one second earlier for its holder. */
export const DEFAULT_LEASE_TIMES: LeaseTimes = { ttlMs: 10_000, marginMs: 1_000 }
/** Between two ticks, in milliseconds. */
const TICK_MS = 500
/** Between two renewals of a lease, as a part of its ttl. */
const RENEW_PART = 0.25
/** Kept of a stop's grace for the last settles and the requeue, in milliseconds. */
const SETTLE_GRACE_MS = 2_000

/** What the manager works with. */
export interface PartitionManagerParts {
  readonly workerId: string
  readonly partitions: number
  readonly times: LeaseTimes
  readonly leases: LeasePort
  readonly registry: RegistryPort
  readonly pause: NamespacePause
  readonly rate: RateShare
  readonly clock: Clock
  readonly observer: DeliveryObserver
  /** A token that was never used. */
  readonly nextToken: () => string
  /** Starts a consumer on a lease. */
  readonly consume: (lease: Lease) => Consumer
  /** Longest request, in milliseconds. */
  readonly requestTimeoutMs: number
}

interface Held {
  readonly lease: Lease
  readonly consumer: Consumer
  /** When the last confirmed renewal was sent, on the monotonic clock. */
  renewedAtMs: number
  /** A renewal is under way. */
  isRenewing: boolean
  /** Resolves when it is handed over; undefined while it stays. */
  leaving: Promise<void> | undefined
}

/** Leases partitions for one worker. */
export class PartitionManager {
  readonly #parts: PartitionManagerParts
  readonly #held = new Map<number, Held>()
  /** Consumers without a lease that still have settles to write; their partitions are not acquired before. */
  readonly #ending = new Map<number, Consumer>()
  /** Partitions whose lease may be this worker's all the same: the answer to an acquire or a release was lost. */
  readonly #unanswered = new Set<number>()
  readonly #stop = new AbortController()
  #running: Promise<void> | undefined

  constructor(parts: PartitionManagerParts) {
    this.#parts = parts
  }

  /** Partitions that are leased now. */
  get leased(): readonly number[] {
    return [...this.#held.values()]
      .filter(({ lease }) => lease.isValid())
      .map(({ lease }) => lease.partition)
  }

  /** Begins to lease. */
  start(): void {
    this.#running ??= this.#run()
  }

  /** Stops every consumer within the grace, releases the leases and leaves the registry. */
  async stop(graceMs: number): Promise<void> {
    this.#stop.abort()
    const requestMs = Math.min(this.#parts.requestTimeoutMs, Math.max(0, graceMs - SETTLE_GRACE_MS))
    const ends = [
      ...[...this.#held.values()].map((held) => this.#stopHeld(held, requestMs, graceMs)),
      ...[...this.#ending.values()].map((consumer) => consumer.stop(requestMs, graceMs)),
    ]
    const over = new AbortController()
    const grace = this.#parts.clock.sleep(graceMs, over.signal)
    await Promise.race([Promise.all([this.#running, ...ends]), grace])
    await Promise.race([this.#giveBackUnanswered(), grace])
    await Promise.race([this.#parts.registry.leave().catch(() => undefined), grace])
    over.abort()
  }

  async #run(): Promise<void> {
    await Promise.all([this.#repeat(() => this.#keep()), this.#repeat(() => this.#balance())])
  }

  async #repeat(tick: () => void | Promise<void>): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await tick()
      await this.#parts.clock.sleep(TICK_MS, this.#stop.signal)
    }
  }

  #keep(): void {
    this.#endLapsed()
    this.#renewDue()
  }

  async #balance(): Promise<void> {
    const { pause, registry } = this.#parts
    const live = await pause.register(registry).catch(() => null)
    if (live === null || this.#stop.signal.aborted) return
    const target = targetShare(this.#parts.partitions, live, this.#parts.workerId)
    const staying = [...this.#held.values()].filter((held) => held.leaving === undefined)
    if (staying.length < target) await this.#acquire(target - staying.length)
    else if (staying.length > target) this.#handOverOne(staying)
  }

  #endLapsed(): void {
    for (const held of this.#held.values()) {
      if (!held.lease.isValid()) this.#drop(held, 'it was not renewed in time')
    }
  }

  #renewDue(): void {
    const dueBefore = this.#parts.clock.monotonic() - this.#parts.times.ttlMs * RENEW_PART
    for (const held of this.#held.values()) {
      if (!held.isRenewing && held.renewedAtMs <= dueBefore) void this.#renew(held)
    }
  }

  async #renew(held: Held): Promise<void> {
    const { leases, clock, workerId } = this.#parts
    const { partition } = held.lease
    const sentAt = momentOf(clock)
    held.isRenewing = true
    const reply = await leases.renew(partition, held.lease.tokens).catch(() => null)
    held.isRenewing = false
    if (reply === null || this.#held.get(partition) !== held) return
    if (reply.held) {
      held.renewedAtMs = sentAt.monotonicMs
      held.lease.extend(sentAt)
    } else if (!reply.owner.startsWith(`${workerId}#`) && held.leaving === undefined) {
      // Requeues may have changed the token meanwhile, more than once: a token of this worker is still ours.
      this.#drop(held, 'another worker has it')
    }
  }

  /** Tries as many free partitions at once as are missing, until that many are taken or none is left to try. */
  async #acquire(count: number): Promise<void> {
    const free = Array.from({ length: this.#parts.partitions }, (_, partition) => partition).filter(
      (partition) => !this.#held.has(partition) && !this.#ending.has(partition),
    )
    for (let missing = count; missing > 0 && free.length > 0 && !this.#stop.signal.aborted;) {
      const taken = await Promise.all(
        free.splice(0, missing).map((partition) => this.#acquireOne(partition)),
      )
      missing -= taken.filter(Boolean).length
    }
  }

  async #acquireOne(partition: number): Promise<boolean> {
    const { leases, nextToken, clock } = this.#parts
    const token = nextToken()
    const sentAt = momentOf(clock)
    const reply = await leases.acquire(partition, token).catch(() => null)
    if (reply === null) this.#unanswered.add(partition)
    else this.#unanswered.delete(partition)
    if (reply === null || !reply.held) return false
    if (this.#stop.signal.aborted) {
      await this.#release(partition, [token])
      return false
    }
    this.#take(partition, token, sentAt)
    return true
  }

  #take(partition: number, token: string, sentAt: ReturnType<typeof momentOf>): void {
    const { clock, times, observer, consume } = this.#parts
    const lease = new Lease(partition, token, sentAt, clock, times)
    const consumer = consume(lease)
    const held: Held = {
      lease,
      consumer,
      renewedAtMs: sentAt.monotonicMs,
      isRenewing: false,
      leaving: undefined,
    }
    this.#held.set(partition, held)
    this.#share()
    observer.leaseTaken(partition)
    void consumer.done.then(() => {
      // A consumer that ends by itself has lost its lease.
      if (held.leaving === undefined) this.#drop(held, 'its lease is over')
    })
  }

  /** One at a time: the next one when the last is given back. */
  #handOverOne(staying: readonly Held[]): void {
    if (staying.length < this.#held.size) return
    const held = staying.at(-1)!
    const { requestTimeoutMs } = this.#parts
    held.leaving = this.#handOver(held, requestTimeoutMs, requestTimeoutMs + SETTLE_GRACE_MS)
  }

  /** One that is being handed over already has to keep the stop's bounds too. */
  async #stopHeld(held: Held, requestMs: number, graceMs: number): Promise<void> {
    if (held.leaving === undefined) held.leaving = this.#handOver(held, requestMs, graceMs)
    else await held.consumer.stop(requestMs, graceMs)
    await held.leaving
  }

  /** Stops the consumer and gives the lease back. */
  async #handOver(held: Held, requestMs: number, graceMs: number): Promise<void> {
    const { partition } = held.lease
    await held.consumer.stop(requestMs, graceMs)
    await this.#release(partition, held.lease.tokens)
    this.#end(held, 'handed over')
  }

  async #release(partition: number, tokens: readonly string[]): Promise<void> {
    try {
      await this.#parts.leases.release(partition, tokens)
    } catch {
      this.#unanswered.add(partition)
    }
  }

  /** Acquires once more what may be this worker's: its own lease is given again, and while it stops given back. */
  async #giveBackUnanswered(): Promise<void> {
    await Promise.all([...this.#unanswered].map((partition) => this.#acquireOne(partition)))
  }

  #drop(held: Held, cause: string): void {
    if (!this.#end(held, cause)) return
    const { partition } = held.lease
    held.consumer.leaseOver()
    this.#ending.set(partition, held.consumer)
    void held.consumer.done.then(() => this.#ending.delete(partition))
  }

  /** Ends a lease, once; false when it had ended before. */
  #end(held: Held, cause: string): boolean {
    const { partition } = held.lease
    held.lease.end()
    if (this.#held.get(partition) !== held) return false
    this.#held.delete(partition)
    this.#share()
    this.#parts.observer.leaseEnded(partition, cause)
    return true
  }

  #share(): void {
    this.#parts.rate.setShare(this.#held.size / this.#parts.partitions)
  }
}
