// A pause of the whole namespace, which only a person ends. It stands in Redis, and every worker reads it with each sign
// of life; the worker that asks for it holds at once, and tells Redis until Redis has it.

import { unlessAborted } from './abortable.ts'
import { deferred } from './deferred.ts'
import type { Deferred } from './deferred.ts'
import type { DeliveryObserver, RegistryPort } from './ports.ts'

/** Whether the namespace waits. */
export class NamespacePause {
  readonly #observer: Pick<DeliveryObserver, 'paused' | 'resumed'>
  /** Resolves at the end of the pause; undefined while there is none. */
  #hold: Deferred | undefined
  /** What Redis does not have yet. */
  #unpublished: string | undefined
  readonly #ends = new Set<() => void>()

  constructor(observer: Pick<DeliveryObserver, 'paused' | 'resumed'>) {
    this.#observer = observer
  }

  get held(): boolean {
    return this.#hold !== undefined
  }

  /** Holds this worker at once, and every worker of the namespace soon. `detail` tells a person what was seen. */
  ask(detail: string): void {
    if (this.#hold !== undefined) return
    this.#unpublished = detail
    this.#begin(detail)
  }

  /** Calls back at each end of a pause. */
  onEnd(callback: () => void): void {
    this.#ends.add(callback)
  }

  /** Waits while the namespace is paused, or until the signal aborts. */
  async pass(signal: AbortSignal): Promise<void> {
    while (this.#hold !== undefined && !signal.aborted) {
      await unlessAborted(this.#hold.promise, signal)
    }
  }

  /** One sign of life. Returns the ids of all live workers; rejects while Redis is away. */
  async register(registry: Pick<RegistryPort, 'register' | 'pause'>): Promise<readonly string[]> {
    if (this.#unpublished !== undefined) {
      await registry.pause(this.#unpublished)
      this.#unpublished = undefined
    }
    const { live, pause } = await registry.register()
    if (pause !== null) this.#begin(pause)
    // What was asked for meanwhile is not in this reply.
    else if (this.#unpublished === undefined) this.#end()
    return live
  }

  #begin(detail: string): void {
    if (this.#hold !== undefined) return
    this.#hold = deferred()
    this.#observer.paused('mass_rejection', null, detail)
  }

  #end(): void {
    const hold = this.#hold
    if (hold === undefined) return
    this.#hold = undefined
    for (const tell of this.#ends) tell()
    this.#observer.resumed('mass_rejection', null)
    hold.resolve()
  }
}
