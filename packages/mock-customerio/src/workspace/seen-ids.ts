// The event ids that were applied, workspace-wide. Customer.io publishes no window; here the last
// `windowIds` ids are remembered at least, twice as many at most: two sets, of which the older is
// dropped when the younger is full. (One Set cannot hold more than 2^24 entries: a long run at
// 20,000 a second would end in a RangeError after a quarter of an hour.)

export class SeenIds {
  readonly #windowIds: number
  #young = new Set<string>()
  #old = new Set<string>()

  /** @param windowIds ids remembered at least */
  constructor(windowIds: number) {
    this.#windowIds = windowIds
  }

  has(id: string): boolean {
    return this.#young.has(id) || this.#old.has(id)
  }

  add(id: string): void {
    if (this.#young.size >= this.#windowIds) {
      this.#old = this.#young
      this.#young = new Set()
    }
    this.#young.add(id)
  }
}
