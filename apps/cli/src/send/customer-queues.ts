// Keeps the order of each customer: an item is handed out only when the customer's item before it is done, so that an
// event that Redis refuses and that is tried again is never overtaken by a later one. Customers do not wait for each
// other.

/** What is kept in order. */
export interface Ordered {
  readonly customer: string
}

/** Items by customer, first in, first out. */
export class CustomerQueues<Item extends Ordered> {
  /** May be taken, in the order in which they may. */
  #ready: Item[] = []
  /** Per customer with an item that is ready or taken: the items behind it. */
  readonly #behind = new Map<string, Item[]>()
  #size = 0

  /** Items that are not done. */
  get size(): number {
    return this.#size
  }

  /** Items that may be taken. */
  get readyCount(): number {
    return this.#ready.length
  }

  add(item: Item): void {
    this.#size += 1
    const behind = this.#behind.get(item.customer)
    if (behind !== undefined) {
      behind.push(item)
      return
    }
    this.#behind.set(item.customer, [])
    this.#ready.push(item)
  }

  /** Hands out at most `most` items, of different customers. */
  take(most: number): Item[] {
    return this.#ready.splice(0, most)
  }

  /** Taken items are to be handed out again, before all others. */
  putBack(items: readonly Item[]): void {
    this.#ready = [...items, ...this.#ready]
  }

  /** A taken item is done: the customer's next one is ready. */
  done(item: Item): void {
    this.#size -= 1
    const behind = this.#behind.get(item.customer)
    const next = behind?.shift()
    if (next === undefined) this.#behind.delete(item.customer)
    else this.#ready.push(next)
  }

  /** Takes out everything that was not handed out. */
  drain(): Item[] {
    const rest = [...this.#ready, ...[...this.#behind.values()].flat()]
    this.#ready = []
    for (const behind of this.#behind.values()) behind.length = 0
    this.#size -= rest.length
    return rest
  }
}
