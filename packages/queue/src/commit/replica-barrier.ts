// Waits until replicas have what was committed. WAIT covers all earlier writes of its connection and holds up what
// comes after it, so one at a time is in flight for each connection, and commits that are answered meanwhile share
// the next: the same group commit again.
//
// WAIT on another connection than the write's answers at once and proves nothing. So a commit whose connection is
// gone is not confirmed but counts as lost, and is added again.

import type { Redis } from 'ioredis'

import { bareError } from '../connection/bare-error.ts'

type Stream = Redis['stream']

interface Waiter {
  /** The connection that carried the write. */
  readonly stream: Stream
  readonly resolve: (confirmed: number) => void
  readonly reject: (error: Error) => void
}

/** How many replicas, and how long one WAIT may hold up a connection: below the connection's own timeout. */
export interface ReplicaBarrierOptions {
  readonly replicas: number
  readonly timeoutMs: number
}

/** The barrier of every connection of a client. */
export class ReplicaBarrier {
  readonly #options: ReplicaBarrierOptions
  readonly #byNode = new WeakMap<Redis, NodeBarrier>()

  constructor(options: ReplicaBarrierOptions) {
    this.#options = options
  }

  /**
   * Resolves with the number of replicas that have every write answered so far on the node's connection. Call it in
   * the same turn of the event loop as the answer. Rejects when the connection is lost.
   */
  confirm(node: Redis): Promise<number> {
    const barrier = this.#byNode.get(node) ?? new NodeBarrier(node, this.#options)
    this.#byNode.set(node, barrier)
    return barrier.confirm()
  }
}

class NodeBarrier {
  readonly #node: Redis
  readonly #options: ReplicaBarrierOptions
  /** Commits that the next WAIT covers. */
  #waiting: Waiter[] = []
  #inFlight = false

  constructor(node: Redis, options: ReplicaBarrierOptions) {
    this.#node = node
    this.#options = options
  }

  confirm(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ stream: this.#node.stream, resolve, reject })
      if (!this.#inFlight) void this.#wait()
    })
  }

  async #wait(): Promise<void> {
    this.#inFlight = true
    while (this.#waiting.length > 0) {
      const group = this.#waiting
      this.#waiting = []
      const current = group.filter((waiter) => waiter.stream === this.#node.stream)
      for (const waiter of group) {
        if (!current.includes(waiter))
          waiter.reject(new Error('the connection changed before WAIT'))
      }
      if (current.length > 0) await this.#ask(current)
    }
    this.#inFlight = false
  }

  async #ask(group: readonly Waiter[]): Promise<void> {
    const { replicas, timeoutMs } = this.#options
    try {
      const confirmed = Number(await this.#node.call('WAIT', replicas, timeoutMs))
      for (const waiter of group) waiter.resolve(confirmed)
    } catch (error) {
      for (const waiter of group) waiter.reject(bareError(error))
    }
  }
}
