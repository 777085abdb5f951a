// Which sequence numbers of one customer were applied, as sorted ranges `[from, to, from, to, …]`.
// A load generator counts per customer from 1 up, so a customer costs two numbers however many
// operations there were; that is what lets `doubled` stay exact over a run of any length.

export class SequenceSet {
  /** Inclusive ranges, ascending, never touching each other. */
  readonly #ranges: number[] = []

  /** Adds `value`; false when it was there already. */
  add(value: number): boolean {
    const ranges = this.#ranges
    const end = ranges.at(-1)
    if (end === undefined || value > end + 1) {
      ranges.push(value, value)
      return true
    }
    if (value !== end + 1) return this.#insert(value)
    ranges[ranges.length - 1] = value
    return true
  }

  #insert(value: number): boolean {
    const at = this.#firstEndingAtOrAfter(value)
    const from = this.#ranges[at] ?? Infinity
    if (from <= value) return false
    const joinsNext = from === value + 1
    const joinsPrevious = at > 0 && this.#ranges[at - 1] === value - 1
    if (joinsNext && joinsPrevious) this.#ranges.splice(at - 1, 2)
    else if (joinsNext) this.#ranges[at] = value
    else if (joinsPrevious) this.#ranges[at - 1] = value
    else this.#ranges.splice(at, 0, value, value)
    return true
  }

  /** Index of the first range whose end is not before `value`; there is one. */
  #firstEndingAtOrAfter(value: number): number {
    let low = 0
    let high = this.#ranges.length / 2 - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#ranges[2 * middle + 1] ?? Infinity) < value) low = middle + 1
      else high = middle
    }
    return 2 * low
  }
}
