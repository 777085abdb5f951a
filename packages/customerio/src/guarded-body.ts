// The request body that cannot outlive the lease. It hands chunks of at most 16 kB to the socket and asks, right
// before each one, whether the lease is still valid; if not, it breaks off. `content-length` promises the whole,
// so a body that was broken off is never applied.
//
// Why a stream and not a generator: undici awaits what a generator yields, and between the answer "valid" and the
// write other code may block the loop for seconds. A stream's `push` in flowing mode calls undici's data listener
// at once, which calls `socket.write`: question and write are one synchronous stretch. The socket's high-water mark
// is one chunk, so a full chunk must reach the kernel before the next question is asked: nothing waits in memory.

import { Readable } from 'node:stream'

/** Bytes handed over at a time, and the socket's high-water mark. */
export const CHUNK_BYTES = 16_384

/** A body that breaks off when the lease is over. */
export class GuardedBody extends Readable {
  readonly #chunks: readonly Buffer[]
  readonly #guard: () => boolean
  /** Chunks handed over. Written by `#handOver`. */
  #handedOver = 0
  /** Set by `#handOver` when the guard said no. */
  #leaseOver = false

  /** `guard` is true while the lease is valid; it must not throw. */
  constructor(chunks: readonly Buffer[], guard: () => boolean) {
    super()
    this.#chunks = chunks
    this.#guard = guard
    this.on('resume', () => this.#pump())
    // The error reaches the request through undici; without a listener of our own it would end the process when
    // the request is already over.
    this.on('error', () => undefined)
  }

  /** The last chunk was handed to the socket. */
  get left(): boolean {
    return this.#handedOver === this.#chunks.length
  }

  /** The body broke off because the lease was over. */
  get leaseOver(): boolean {
    return this.#leaseOver
  }

  /** Nothing: chunks are pushed when the reader resumes, never read ahead. */
  override _read(): void {}

  #pump(): void {
    while (this.readableFlowing === true && !this.destroyed && !this.left) this.#handOver()
  }

  #handOver(): void {
    if (!this.#guard()) {
      this.#leaseOver = true
      this.destroy(new Error('the lease is over'))
      return
    }
    this.push(this.#chunks[this.#handedOver])
    if (this.destroyed) return
    this.#handedOver += 1
    if (this.left) this.push(null)
  }
}
