// Tells idle consumers that there may be work. On a single Redis one blocking pop waits over the markers of all
// idle partitions; in a Cluster, where markers live in different slots, there is no signal and consumers poll.
// The marker is only a hint: an idle consumer claims after a second at the latest, signal or not.

import type { Redis } from 'ioredis'

/** Ends the blocking pop of another connection. */
export type Unblock = (clientId: number) => Promise<unknown>

/** Longest blocking wait in seconds, after which the list of idle partitions is read again. */
const WAIT_S = 1

/** Longest pause after a pop that failed, in milliseconds. */
const PAUSE_MS = 250

/** Waits for markers on a connection of its own. */
export class WorkSignal {
  readonly #client: Redis
  readonly #unblock: Unblock
  readonly #waiting = new Map<string, () => void>()
  /** Ends the wait of the loop while no partition is idle, or while the connection is away. */
  #arrived: (() => void) | undefined
  /** The pop under way: Redis' id of its connection and the markers that it waits for. */
  #pop: { readonly clientId: number; readonly markers: ReadonlySet<string> } | undefined
  /** Ends the pause after a failed pop. */
  #endPause: (() => void) | undefined
  #stopped = false
  readonly #loop: Promise<void>

  /** `client` is used by nothing else, since its pops block; `unblock` runs CLIENT UNBLOCK on another one. */
  constructor(client: Redis, unblock: Unblock) {
    this.#client = client
    this.#unblock = unblock
    this.#loop = this.#run()
  }

  /** Calls `wake` once when the partition with this marker key has work. Replaces an earlier wait. */
  wait(markerKey: string, wake: () => void): void {
    this.#waiting.set(markerKey, wake)
    this.#arrived?.()
    this.#interruptPop()
  }

  /** Ends a wait that is no longer needed. */
  cancel(markerKey: string): void {
    this.#waiting.delete(markerKey)
  }

  /** Ends all waits and closes the connection. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#arrived?.()
    this.#endPause?.()
    this.#client.disconnect()
    await this.#loop
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      if (this.#waiting.size === 0) await this.#nextArrival()
      else await this.#popOnce()
    }
  }

  async #nextArrival(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#arrived = resolve
    })
    this.#arrived = undefined
  }

  async #popOnce(): Promise<void> {
    try {
      const clientId = await this.#client.client('ID')
      const markers = new Set(this.#waiting.keys())
      if (markers.size === 0) return
      this.#pop = { clientId, markers }
      const popped = await this.#client.bzpopmin(...markers, WAIT_S)
      if (popped === null) return
      const wake = this.#waiting.get(popped[0])
      this.#waiting.delete(popped[0])
      wake?.()
    } catch {
      // The connection is away, or Redis refuses: consumers poll meanwhile.
      await this.#pause()
    } finally {
      this.#pop = undefined
    }
  }

  /** Ends the pop under way if it does not wait for every idle partition. */
  #interruptPop(): void {
    const pop = this.#pop
    if (pop === undefined || [...this.#waiting.keys()].every((marker) => pop.markers.has(marker)))
      return
    const again = (ended: unknown): void => {
      // Redis had not begun to block yet.
      if (ended === 0 && this.#pop === pop) setTimeout(() => this.#interruptPop(), 2)
    }
    // Where it cannot be ended it ends by itself in a second.
    this.#unblock(pop.clientId).then(again, () => undefined)
  }

  /**
   * Ends when the connection is there again, at the stop, and in any case after a while: a client that is closed
   * between two attempts to connect tells nobody.
   */
  async #pause(): Promise<void> {
    if (this.#stopped) return
    await new Promise<void>((resolve) => {
      const finish = (): void => {
        clearTimeout(timer)
        this.#client.off('ready', finish)
        resolve()
      }
      const timer = setTimeout(finish, PAUSE_MS)
      this.#client.once('ready', finish)
      this.#endPause = finish
    })
    this.#endPause = undefined
  }
}
