// When Customer.io rejects events of many kinds at once, the fault is hardly theirs: a limit of the workspace, a changed
// rule, a wrong deploy. The last outcomes are watched, and the namespace is paused before the dead letters fill. One
// bad event name alone does not stop the others: it fills one group of dead letters.

import type { DeadLetterRecord } from '@retention-relay/events'

import type { NamespacePause } from './namespace-pause.ts'

/** Outcomes that are looked at: the newest settles that have so many together. */
export const OUTCOMES = 200
/** Fewest outcomes to judge by. */
const FEWEST_OUTCOMES = 50
/** Part of them that may be rejected. */
const ALLOWED_PART = 0.2
/** Event names that the rejected ones must have at the least. */
const FEWEST_NAMES = 3

/** Outcomes of one settle. */
interface Settled {
  readonly outcomes: number
  /** Names of the rejected events. */
  readonly rejected: readonly string[]
}

/** Watches the outcomes of one process. */
export class MassRejection {
  readonly #pause: NamespacePause
  /** Oldest first. */
  #settles: Settled[] = []
  /** Outcomes in all of them. */
  #known = 0

  constructor(pause: NamespacePause) {
    this.#pause = pause
    // A person has looked: what was before does not count any more.
    pause.onEnd(() => this.#forget())
  }

  /** Notes the outcomes of one settle, and asks for a pause when too many are rejected. */
  note(delivered: number, dead: readonly DeadLetterRecord[]): void {
    const rejected = dead
      .filter(({ reason }) => reason === 'rejected' || reason === 'oversize')
      .map(({ label }) => label)
    const outcomes = delivered + rejected.length
    if (outcomes === 0) return
    this.#settles.push({ outcomes, rejected })
    this.#known += outcomes
    while (this.#known - this.#settles[0]!.outcomes >= OUTCOMES) {
      this.#known -= this.#settles.shift()!.outcomes
    }
    if (rejected.length > 0) this.#judge()
  }

  #judge(): void {
    const names = this.#settles.flatMap(({ rejected }) => rejected)
    const kinds = new Set(names)
    const isMass = names.length > this.#known * ALLOWED_PART && kinds.size >= FEWEST_NAMES
    if (this.#known < FEWEST_OUTCOMES || !isMass) return
    const list = [...kinds].slice(0, 5).join(', ')
    this.#pause.ask(`${names.length} of the last ${this.#known} events were rejected (${list})`)
  }

  #forget(): void {
    this.#settles = []
    this.#known = 0
  }
}
