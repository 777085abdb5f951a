// Leases partitions and runs a consumer for each. Every tick: renew what is leased, tell the registry, compare
// with this worker's share, take free partitions or hand one over. A lease that cannot be renewed in time ends by
// itself, and with it its consumer. When Redis is away nothing is taken and nothing is lost.

import { unlessAborted } from './abortable.ts'
import type { Consumer } from './consumer.ts'
import { Lease, momentOf } from './lease.ts'
import type { LeaseTimes } from './lease.ts'
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
  renewedAtMs: number
  /** It is being handed over. */
  leaving: boolean
}

/** Leases partitions for one worker. */
export class PartitionManager {
  readonly #parts: PartitionManagerParts
  readonly #held = new Map<number, Held>()
  /** Consumers without a lease that still have settles to write; their partitions are not acquired before. */
  readonly #ending = new Map<number, Consumer>()
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
    const bounded = new AbortController()
    const timer = setTimeout(() => bounded.abort(), graceMs)
    const ends = [
      ...[...this.#held.values()].map((held) => this.#handOver(held, requestMs, graceMs)),
      ...[...this.#ending.values()].map((consumer) => consumer.stop(requestMs, graceMs)),
    ]
    await unlessAborted(Promise.all([this.#running, ...ends]), bounded.signal)
    await unlessAborted(
      this.#parts.registry.leave().catch(() => undefined),
      bounded.signal,
    )
    clearTimeout(timer)
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await this.#tick()
      await this.#parts.clock.sleep(TICK_MS, this.#stop.signal)
    }
  }

  async #tick(): Promise<void> {
    this.#endLapsed()
    await this.#renewDue()
    const live = await this.#parts.registry.register().catch(() => null)
    if (live === null || this.#stop.signal.aborted) return
    const target = targetShare(this.#parts.partitions, live, this.#parts.workerId)
    const staying = [...this.#held.values()].filter((held) => !held.leaving)
    if (staying.length < target) await this.#acquire(target - staying.length)
    else if (staying.length > target) this.#handOverOne(staying)
  }

  #endLapsed(): void {
    for (const held of this.#held.values()) {
      if (!held.lease.isValid()) this.#drop(held, 'it was not renewed in time')
    }
  }

  async #renewDue(): Promise<void> {
    const dueBefore = this.#parts.clock.monotonic() - this.#parts.times.ttlMs * RENEW_PART
    const due = [...this.#held.values()].filter((held) => held.renewedAtMs <= dueBefore)
    await Promise.all(due.map((held) => this.#renew(held)))
  }

  async #renew(held: Held): Promise<void> {
    const { leases, clock } = this.#parts
    const sentAt = momentOf(clock)
    const reply = await leases.renew(held.lease.partition, held.lease.tokens).catch(() => null)
    // A requeue may have changed the token while the renewal was on its way: it is still ours.
    if (reply === null || (!reply.held && held.lease.tokens.includes(reply.owner))) return
    if (reply.held) {
      held.renewedAtMs = sentAt.monotonicMs
      held.lease.extend(sentAt)
    } else if (this.#held.get(held.lease.partition) === held && !held.leaving) {
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
    if (reply === null || !reply.held) return false
    this.#take(partition, token, sentAt)
    return true
  }

  #take(partition: number, token: string, sentAt: ReturnType<typeof momentOf>): void {
    const { clock, times, observer, consume } = this.#parts
    const lease = new Lease(partition, token, sentAt, clock, times)
    const consumer = consume(lease)
    const held: Held = { lease, consumer, renewedAtMs: sentAt.monotonicMs, leaving: false }
    this.#held.set(partition, held)
    this.#share()
    observer.leaseTaken(partition)
    void consumer.done.then(() => {
      // A consumer that ends by itself has lost its lease.
      if (this.#held.get(partition) === held && !held.leaving) this.#drop(held, 'its lease is over')
    })
  }

  #handOverOne(staying: readonly Held[]): void {
    if (staying.some((held) => held.leaving)) return
    const held = staying.at(-1)!
    const { requestTimeoutMs } = this.#parts
    void this.#handOver(held, requestTimeoutMs, requestTimeoutMs + SETTLE_GRACE_MS)
  }

  /** Stops the consumer and gives the lease back. */
  async #handOver(held: Held, requestMs: number, graceMs: number): Promise<void> {
    held.leaving = true
    const { partition } = held.lease
    await held.consumer.stop(requestMs, graceMs)
    await this.#parts.leases.release(partition, held.lease.tokens).catch(() => undefined)
    held.lease.end()
    if (this.#held.get(partition) === held) this.#held.delete(partition)
    this.#share()
    this.#parts.observer.leaseEnded(partition, 'handed over')
  }

  #drop(held: Held, cause: string): void {
    const { partition } = held.lease
    held.lease.end()
    held.consumer.leaseOver()
    this.#held.delete(partition)
    this.#share()
    this.#ending.set(partition, held.consumer)
    void held.consumer.done.then(() => this.#ending.delete(partition))
    this.#parts.observer.leaseEnded(partition, cause)
  }

  #share(): void {
    this.#parts.rate.setShare(this.#held.size / this.#parts.partitions)
  }
}
