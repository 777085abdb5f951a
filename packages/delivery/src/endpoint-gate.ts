// What all consumers of a process know together about the endpoint, and the one door through which every request goes:
// credentials, a pause of the namespace, the circuit breaker. How many requests were accepted and how many failed is the
// evidence by which a bad event is told from an outage.

import type { RelayEvent } from '@retention-relay/events'
import { isProfileOperation } from '@retention-relay/events'

import { CircuitBreaker } from './circuit-breaker.ts'
import type { BreakerParts, Permit, Verdict } from './circuit-breaker.ts'
import { CredentialsHold } from './credentials-hold.ts'
import type { CredentialsHoldParts, Unauthorized } from './credentials-hold.ts'
import { EndpointRecord } from './endpoint-record.ts'
import type { Evidence } from './isolate-event.ts'
import type { NamespacePause } from './namespace-pause.ts'

/** Bound on a profile operation, which nothing deduplicates, in milliseconds. */
export const PROFILE_TIMEOUT_MS = 3_000

/** Between two questions to an endpoint that is out, while nothing waits to be sent, in milliseconds. */
const IDLE_ASK_MS = 2_000

/** What a gate works with. */
export interface EndpointGateParts extends CredentialsHoldParts, BreakerParts {
  readonly pause: NamespacePause
}

/** The shared view of one endpoint. */
export class EndpointGate {
  readonly #credentials: CredentialsHold
  readonly #breaker: CircuitBreaker
  readonly #pause: NamespacePause
  readonly #parts: EndpointGateParts
  #isAsking = false
  readonly #all = new EndpointRecord()
  readonly #prompt = new EndpointRecord()

  constructor(parts: EndpointGateParts) {
    this.#credentials = new CredentialsHold(parts)
    this.#parts = parts
    this.#breaker = new CircuitBreaker({ ...parts, opened: () => void this.#askWhileIdle() })
    this.#pause = parts.pause
  }

  /**
   * What requests have shown of the endpoint. For a profile operation, which waits a shorter time, an answer that took longer
   * than that is a failure: an endpoint that is slow must not be its death.
   */
  seenBy(op: RelayEvent['op']): Evidence {
    return isProfileOperation(op) ? this.#prompt : this.#all
  }

  /** Whether its credentials are refused at present. */
  get held(): boolean {
    return this.#credentials.held
  }

  /** Whether the circuit breaker lets only probes through. */
  get isOpen(): boolean {
    return this.#breaker.state !== 'closed'
  }

  /** Waits until a request may go; null when the signal aborted first. Every permit goes back by `leave`. */
  async enter(signal: AbortSignal): Promise<Permit | null> {
    for (;;) {
      await this.#credentials.pass(signal)
      await this.#pause.pass(signal)
      const permit = await this.#breaker.enter(signal)
      if (permit === null || !(this.#credentials.held || this.#pause.held)) return permit
      this.#breaker.leave(permit, 'unknown')
    }
  }

  /** A request has ended, or was not sent (`unknown`). `leastWaitMs`: what the endpoint asked for. */
  leave(permit: Permit, verdict: Verdict, detail?: string, leastWaitMs?: number): void {
    this.#breaker.leave(permit, verdict, detail, leastWaitMs)
  }

  /** An event of a request was accepted, `tookMs` after it was sent. */
  noteAccepted(tookMs: number): void {
    this.#all.noteAccepted()
    if (tookMs < PROFILE_TIMEOUT_MS) this.#prompt.noteAccepted()
    else this.#prompt.noteFailed(false)
  }

  /** A request failed; `isSuspectAlone`: one with nothing but a suspect event. */
  noteFailed(isSuspectAlone: boolean): void {
    this.#all.noteFailed(isSuspectAlone)
    this.#prompt.noteFailed(isSuspectAlone)
  }

  /** A request was answered 401 or 403: asks the endpoint what it is about, and holds everybody if need be. */
  async judgeUnauthorized(status: number): Promise<Unauthorized> {
    return await this.#credentials.judgeUnauthorized(status)
  }

  /**
   * Where nothing waits to be sent nobody probes by sending, and the worker would say for ever that the endpoint is out: it
   * is asked then whether it answers.
   */
  async #askWhileIdle(): Promise<void> {
    const { clock, destination, stop } = this.#parts
    if (this.#isAsking) return
    this.#isAsking = true
    while (this.#breaker.state !== 'closed' && !stop.aborted) {
      await clock.sleep(IDLE_ASK_MS, stop)
      if (!this.#isIdle()) continue
      const answer = await destination.probe().catch(() => null)
      if (answer?.kind === 'accepted' && this.#isIdle()) {
        this.#breaker.leave({ isProbe: false }, 'up')
      }
    }
    this.#isAsking = false
  }

  #isIdle(): boolean {
    return this.#breaker.state === 'open' && this.#breaker.waiting === 0
  }
}
