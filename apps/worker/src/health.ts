// Whether the worker can do its work now. Live: the process runs and is not stuck. Ready: Redis answers, the namespace
// is open, and the destination takes requests. Not ready is no reason to restart it: it goes on trying.

import type { DeliveryObserver } from '@retention-relay/delivery'

/** One condition of readiness. */
export type Condition =
  | 'redis'
  | 'writes'
  | 'namespace'
  | 'credentials'
  | 'destination'
  | 'requests'
  | 'unpaused'

/** Failed requests without an accepted one between them that make the worker unready: one may always fail. */
const FAILURES = 3

/** What readiness says. */
export interface Readiness {
  readonly ready: boolean
  /** What is missing, for a person. */
  readonly reasons: readonly string[]
}

const MISSING: Record<Condition, string> = {
  redis: 'Redis does not answer',
  writes: 'Redis refuses writes',
  namespace: 'the namespace is not open yet',
  credentials: 'Customer.io refuses the credentials',
  destination: 'Customer.io does not take requests',
  requests: 'Customer.io does not take requests',
  unpaused: 'the namespace is paused until a person resumes it',
}

/** Keeps the conditions. */
export class Health {
  readonly #missing = new Set<Condition>(['redis', 'namespace', 'destination'])
  readonly #changed: (readiness: Readiness) => void
  /** Failed requests since the last accepted one, by partition. Written by the observer. */
  readonly #failures = new Map<number, number>()
  /** Partitions that another worker has taken over; a request that was in flight then may fail after that. */
  readonly #left = new Set<number>()
  #stopping = false

  /** `changed` is told when readiness changes. */
  constructor(changed: (readiness: Readiness) => void) {
    this.#changed = changed
  }

  /** Sets whether a condition holds. */
  set(condition: Condition, holds: boolean): void {
    const before = this.readiness().ready
    if (holds) this.#missing.delete(condition)
    else this.#missing.add(condition)
    const after = this.readiness()
    if (after.ready !== before) this.#changed(after)
  }

  /** The worker stops: not ready any more. */
  stop(): void {
    this.#stopping = true
  }

  readiness(): Readiness {
    const reasons = [...new Set([...this.#missing].map((condition) => MISSING[condition]))]
    if (this.#stopping) reasons.push('the worker stops')
    return { ready: reasons.length === 0, reasons }
  }

  /** Learns about the destination from the requests. */
  observer(): Pick<
    DeliveryObserver,
    'answered' | 'leaseTaken' | 'leaseEnded' | 'paused' | 'resumed'
  > {
    return {
      leaseTaken: (partition) => void this.#left.delete(partition),
      answered: ({ outcome, partition }) => {
        if (outcome === 'delivered' || outcome === 'partly_refused') this.#accepted()
        if (outcome === 'retry' || outcome === 'wrong_address') this.#failed(partition)
      },
      leaseEnded: (partition) => {
        this.#left.add(partition)
        this.#failures.delete(partition)
        this.#judgeRequests()
      },
      paused: (reason) => {
        if (reason === 'auth') this.set('credentials', false)
        if (reason === 'mass_rejection') this.set('unpaused', false)
      },
      resumed: (reason, partition) => {
        if (reason === 'destination' && partition === null) this.#accepted()
        if (reason === 'auth') this.set('credentials', true)
        if (reason === 'mass_rejection') this.set('unpaused', true)
      },
    }
  }

  #accepted(): void {
    this.#failures.clear()
    this.set('destination', true)
    this.#judgeRequests()
  }

  #failed(partition: number): void {
    if (this.#left.has(partition)) return

    this.#failures.set(partition, (this.#failures.get(partition) ?? 0) + 1)
    this.#judgeRequests()
  }

  #judgeRequests(): void {
    const failures = [...this.#failures.values()].reduce((sum, count) => sum + count, 0)
    this.set('requests', failures < FAILURES)
  }
}
