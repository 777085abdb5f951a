// run.json: what the checker must know of a run beside its histories, gathered while the run goes on.

import type { Disturbance, RunFacts, TestProcess } from '@retention-relay/testkit'

import type { Schedule } from '../schedule/schedule.ts'

/** What stood still, and from when to when. */
export interface Outage {
  readonly what: 'redis_away' | 'redis_silent' | 'redis_refuses' | 'link_held' | 'destination'
  readonly from: number
  readonly until: number
}

/** What a fault does to workers, and to which. */
export type Disturbed = Pick<Disturbance, 'kind' | 'host'>

/** From the end of a fault until everybody has noticed: a former master that wakes up is still believed for a moment. */
const RECOVERY_MS = 1000

/** Facts of a run. */
export class RunFile {
  readonly #rateLimit: number
  readonly #disturbances: Disturbance[] = []
  readonly #wipes: number[] = []
  /** Worker processes that knew what was on a disk that Redis has lost. Written by `knows`. */
  readonly witnesses: TestProcess[] = []
  /** For the check of the health signals. */
  readonly outages: Outage[] = []

  constructor({ rateLimit }: Pick<Schedule, 'rateLimit'>) {
    this.#rateLimit = rateLimit
  }

  /** Workers are disturbed in this way while `during` runs. */
  async disturb(how: Disturbed, during: () => Promise<void>): Promise<void> {
    const period = { ...how, from: Date.now(), until: Infinity }
    this.#disturbances.push(period)
    await during()
    period.until = Date.now() + RECOVERY_MS
  }

  /** Redis or the destination is of no use while `during` runs. */
  async outage(what: Outage['what'], during: () => Promise<void>): Promise<void> {
    const from = Date.now()
    await during()
    this.outages.push({ what, from, until: Date.now() })
  }

  /** Redis comes back with an empty disk. */
  wiped(): void {
    this.#wipes.push(Date.now())
  }

  /** Redis is about to lose its disk while these processes know what is on it. */
  knows(witnesses: readonly TestProcess[]): void {
    this.witnesses.push(...witnesses)
  }

  /** `workers`: the lives of all worker processes; `failovers`: those that were seen. */
  facts(workers: RunFacts['workers'], failovers: RunFacts['failovers']): RunFacts {
    return {
      rateLimit: this.#rateLimit,
      workers,
      disturbances: this.#disturbances,
      wipes: this.#wipes,
      failovers,
    }
  }
}
