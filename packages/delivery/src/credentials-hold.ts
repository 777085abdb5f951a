// Whether the endpoint refuses the credentials. While it does nobody of this process sends; one probe at a time asks
// whether they are accepted again, so that they can be repaired, or replaced, without a restart.

import { unlessAborted } from './abortable.ts'
import { backoffMs } from './backoff.ts'
import { deferred } from './deferred.ts'
import type { Clock, DeliveryObserver, DestinationPort } from './ports.ts'

/** What a 401 or 403 was about. */
export type Unauthorized = 'credentials' | 'content' | 'unreachable'

/** What a hold works with. */
export interface CredentialsHoldParts {
  readonly destination: Pick<DestinationPort, 'probe'>
  readonly clock: Clock
  readonly random: () => number
  readonly observer: Pick<DeliveryObserver, 'paused' | 'resumed'>
  /** Ends the probing when the worker stops. */
  readonly stop: AbortSignal
}

/** Holds everybody while the credentials are refused. */
export class CredentialsHold {
  readonly #parts: CredentialsHoldParts
  /** Resolves when credentials are accepted again; undefined while they are. */
  #hold: Promise<void> | undefined

  constructor(parts: CredentialsHoldParts) {
    this.#parts = parts
  }

  /** Whether the credentials are refused at present. */
  get held(): boolean {
    return this.#hold !== undefined
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
    const { clock, random, observer, stop } = this.#parts
    observer.paused('auth', null, `the destination answers ${status} and refuses the credentials`)
    for (let failures = 1; ; failures += 1) {
      await clock.sleep(backoffMs(failures, random), stop)
      if (stop.aborted) return
      if ((await this.#probe()) === 'accepted') break
    }
    this.#hold = undefined
    observer.resumed('auth', null)
    open()
  }

  async #probe(): Promise<'accepted' | 'refused' | 'unreachable'> {
    try {
      return (await this.#parts.destination.probe()).kind
    } catch {
      // A destination that was closed, or a bug: it proves nothing about the credentials.
      return 'unreachable'
    }
  }
}
