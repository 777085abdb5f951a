// When a replica was made master without all that its master had: told from what each node says of itself again and again.
// A period begins when the node that was promoted was in step for the last time, and ends when the former master is a
// replica, since that one may take writes until then. Who is right while two are masters shows later.

import type { Period } from '@retention-relay/testkit'

/** What a node says of itself; undefined while it does not answer. */
export type NodeView = 'master' | 'replica_in_step' | 'replica_behind' | undefined

/** Failovers of one master and its replicas. */
export class FailoverPeriods {
  readonly #told: Period[] = []
  /** When each node had all that there was, for the last time. */
  readonly #inStepAt: number[]
  #master = 0
  /** A failover whose former master is not known to be a replica. */
  #open: { readonly former: number; readonly from: number } | undefined

  /** The first of so many nodes is the master; all are in step. `now` in milliseconds, as everywhere here. */
  constructor(nodes: number, now: number) {
    this.#inStepAt = Array.from({ length: nodes }, () => now)
  }

  /** All of them at one time, in the order of the nodes. */
  see(views: readonly NodeView[], now: number): void {
    const masters = views.flatMap((view, node) => (view === 'master' ? [node] : []))
    const [only] = masters
    if (only !== undefined && masters.length === 1 && only !== this.#master) {
      this.#close(now)
      this.#open = { former: this.#master, from: this.#inStepAt[only]! }
      this.#master = only
    }
    if (this.#open !== undefined && views[this.#open.former]?.startsWith('replica'))
      this.#close(now)
    for (const [node, view] of views.entries()) {
      const isInStep = view === 'master' ? masters.length === 1 : view === 'replica_in_step'
      if (isInStep) this.#inStepAt[node] = now
    }
  }

  /** All of them until now. */
  until(now: number): readonly Period[] {
    this.#close(now)
    return this.#told
  }

  #close(now: number): void {
    if (this.#open === undefined) return
    this.#told.push({ from: this.#open.from, until: now })
    this.#open = undefined
  }
}
