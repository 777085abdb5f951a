// What requests have shown of the endpoint since the start, and of late: by it a bad event is told from an outage
// (isolate-event.ts).

import type { Evidence } from './isolate-event.ts'

/** Requests that tell how healthy the endpoint is at present. */
const RECENT = 200

/** A record of requests. */
export class EndpointRecord implements Evidence {
  #accepted = 0
  #failed = 0
  /** Whether each of the last requests failed, oldest first. */
  readonly #recent: boolean[] = []

  /** Requests of which the endpoint has accepted an event since the start. */
  get accepted(): number {
    return this.#accepted
  }

  /** Requests that failed since the start. */
  get failed(): number {
    return this.#failed
  }

  /**
   * Part of the last requests that failed, 0..1, but for so many failures of the caller's own; a half while nothing is
   * known.
   */
  recentlyFailed(ownFailures: number): number {
    const failed = Math.max(0, this.#recent.filter(Boolean).length - ownFailures)
    const accepted = this.#recent.filter((hasFailed) => !hasFailed).length
    return (failed + 1) / (failed + accepted + 2)
  }

  /** An event of a request was accepted. */
  noteAccepted(): void {
    this.#accepted += 1
    this.#note(false)
  }

  /** A request failed. Those of a suspect event alone say nothing of how the endpoint is at present. */
  noteFailed(isSuspectAlone: boolean): void {
    this.#failed += 1
    if (!isSuspectAlone) this.#note(true)
  }

  #note(hasFailed: boolean): void {
    this.#recent.push(hasFailed)
    if (this.#recent.length > RECENT) this.#recent.shift()
  }
}
