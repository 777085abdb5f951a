// Bytes of claimed jobs that one worker process may hold, shared by its consumers.

/** Default bound: 64 MiB. */
export const DEFAULT_BUFFER_BYTES: number = 64 * 1024 * 1024

/** A bound on bytes. */
export class ByteBudget {
  #free: number
  readonly #listeners = new Set<() => void>()

  constructor(bytes: number) {
    this.#free = bytes
  }

  /** Bytes that are free; below zero after a job that was larger than expected. */
  get free(): number {
    return this.#free
  }

  /** Counts bytes as held. */
  hold(bytes: number): void {
    this.#free -= bytes
  }

  /** Gives held bytes back. */
  release(bytes: number): void {
    const wasExhausted = this.#free <= 0
    this.#free += bytes
    if (wasExhausted && this.#free > 0) for (const tell of this.#listeners) tell()
  }

  /** Tells when bytes are free again, after none was. Returns how to end that. */
  onFree(tell: () => void): () => void {
    this.#listeners.add(tell)
    return () => this.#listeners.delete(tell)
  }
}
