// What all consumers of a process know together about the endpoint: whether its credentials are refused, and how many
// requests it has accepted. While credentials are refused nobody sends; one probe at a time asks whether they
// are accepted again, so that they can be repaired, or replaced, without a restart.

import { unlessAborted } from './abortable.ts'
import { backoffMs } from './backoff.ts'
import { deferred } from './deferred.ts'
import type { Clock, DeliveryObserver, DestinationPort } from './ports.ts'

/** What a 401 or 403 was about. */
export type Unauthorized = 'credentials' | 'content' | 'unreachable'

/** The shared view of one endpoint. */
export class EndpointGate {
  readonly #destination: Pick<DestinationPort, 'probe'>
  readonly #clock: Clock
  readonly #random: () => number
  readonly #observer: Pick<DeliveryObserver, 'paused' | 'resumed'>
  /** Ends the probing when the worker stops. */
  readonly #stop: AbortSignal
  #accepted = 0
  /** Resolves when credentials are accepted again; undefined while they are. */
  #hold: Promise<void> | undefined

  constructor(parts: {
    readonly destination: Pick<DestinationPort, 'probe'>
    readonly clock: Clock
    readonly random: () => number
    readonly observer: Pick<DeliveryObserver, 'paused' | 'resumed'>
    readonly stop: AbortSignal
  }) {
    this.#destination = parts.destination
    this.#clock = parts.clock
    this.#random = parts.random
    this.#observer = parts.observer
    this.#stop = parts.stop
  }

  /** Requests of which the endpoint has accepted an event since the start. */
  get accepted(): number {
    return this.#accepted
  }

  /** Whether its credentials are refused at present. */
  get held(): boolean {
    return this.#hold !== undefined
  }

  /** An event of a request was accepted. */
  noteAccepted(): void {
    this.#accepted += 1
  }

  /** Waits while credentials are refused, or until the signal aborts. */
  async pass(signal: AbortSignal): Promise<void> {
    while (this.#hold !== undefined && !signal.aborted) {
      await unlessAborted(this.#hold, signal)
    }
  }

  /** A request was answered 401 or 403: asks the endpoint what it is about, and holds everybody if need be. */
  async judgeUnauthorized(status: number): Promise<Unauthorized> {
    if (this.#hold !== undefined) return 'credentials'
    const verdict = await this.#probe()
    if (verdict === 'accepted') return 'content'
    if (verdict === 'unreachable') return 'unreachable'
    if (this.#hold === undefined) {
      const opened = deferred()
      this.#hold = opened.promise
      void this.#holdUntilAccepted(status, opened.resolve)
    }
    return 'credentials'
  }

  /** After the stop it stays closed: who still waits gives up by its own signal. */
  async #holdUntilAccepted(status: number, open: () => void): Promise<void> {
    this.#observer.paused(
      'auth',
      null,
      `the destination answers ${status} and refuses the credentials`,
    )
    for (let failures = 1; ; failures += 1) {
      await this.#clock.sleep(backoffMs(failures, this.#random), this.#stop)
      if (this.#stop.aborted) return
      if ((await this.#probe()) === 'accepted') break
    }
    this.#hold = undefined
    this.#observer.resumed('auth', null)
    open()
  }

  async #probe(): Promise<'accepted' | 'refused' | 'unreachable'> {
    try {
      return (await this.#destination.probe()).kind
    } catch {
      // A destination that was closed, or a bug: it proves nothing about the credentials.
      return 'unreachable'
    }
  }
}
