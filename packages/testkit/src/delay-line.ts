// One direction of a proxied connection: bytes enter, wait out the latency, and are written in the order in which they
// came. While the receiver is slow, the sender is not read (back-pressure), so memory stays bounded.
import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

export class DelayLine {
  readonly #from: Socket
  readonly #to: Socket
  /** The last thing that was queued; resolves when it has been written. Written by `#queue` alone. */
  #last: Promise<void> = Promise.resolve()
  /** Steps that wait. Written by `#queue` alone. */
  #waiting = 0
  /** The receiver is gone: nothing waits any longer. */
  readonly #gone = new AbortController()

  constructor(from: Socket, to: Socket) {
    this.#from = from
    this.#to = to
    to.on('drain', () => from.resume())
    to.once('close', () => {
      this.#gone.abort()
      from.resume()
    })
  }

  /** Resolves when all that was pushed so far has been handed to the receiver's socket. */
  get flushed(): Promise<void> {
    return this.#last
  }

  push(bytes: Buffer, delayMs: number): void {
    if (delayMs === 0 && this.#waiting === 0) return this.#write(bytes)
    const due = performance.now() + delayMs
    this.#queue(async () => {
      const waitMs = Math.max(0, due - performance.now())
      await delay(waitMs, undefined, { signal: this.#gone.signal }).catch(() => undefined)
      this.#write(bytes)
    })
  }

  /** Closes the receiver's side after what was pushed before. */
  end(): void {
    this.#queue(async () => void this.#to.end())
  }

  #queue(step: () => Promise<void>): void {
    this.#waiting += 1
    this.#last = this.#last.then(step).finally(() => {
      this.#waiting -= 1
    })
  }

  #write(bytes: Buffer): void {
    if (this.#to.writableEnded || this.#to.destroyed) return
    if (!this.#to.write(bytes)) this.#from.pause()
  }
}
