// The dead letters of all partitions as one list: a merge of the partitions' own lists, each read in pages as far as
// it is needed.

import type { DeadLetterPlace, DeadLetterStore } from '@retention-relay/queue'

import { compareListed, startOf } from './cursor.ts'
import type { ListedPlace } from './cursor.ts'

const PAGE_SIZE = 100

/** Yields places behind `after`, newest first. */
export async function* mergedPlaces(
  stores: readonly DeadLetterStore[],
  after: ListedPlace | null,
): AsyncGenerator<ListedPlace> {
  const heads = stores.map((store, partition) => {
    return new PartitionHead(store, partition, startOf(partition, after))
  })
  await Promise.all(heads.map((head) => head.fill()))
  for (;;) {
    const first = firstOf(heads)
    if (first === undefined) return
    yield first.take()
    await first.fill()
  }
}

function firstOf(heads: readonly PartitionHead[]): PartitionHead | undefined {
  let first: PartitionHead | undefined
  for (const head of heads) {
    if (head.place === undefined) continue
    if (first?.place === undefined || compareListed(head.place, first.place) < 0) first = head
  }
  return first
}

/** The front of one partition's list. */
class PartitionHead {
  readonly #store: DeadLetterStore
  readonly #partition: number
  /** The last place that was read. */
  #last: DeadLetterPlace | null
  /** Read and not taken, newest first. */
  #page: DeadLetterPlace[] = []
  #at = 0
  #ended = false

  constructor(store: DeadLetterStore, partition: number, after: DeadLetterPlace | null) {
    this.#store = store
    this.#partition = partition
    this.#last = after
  }

  /** The place at the front; undefined at the end. Call `fill` before. */
  get place(): ListedPlace | undefined {
    const place = this.#page[this.#at]
    return place === undefined ? undefined : { ...place, partition: this.#partition }
  }

  /** Takes the front place off. */
  take(): ListedPlace {
    const place = this.place
    if (place === undefined) throw new Error('the list has ended')
    this.#at += 1
    return place
  }

  /** Reads the next page when the last one is used up. */
  async fill(): Promise<void> {
    if (this.#ended || this.#at < this.#page.length) return
    this.#page = await this.#store.places(this.#last, PAGE_SIZE)
    this.#at = 0
    this.#last = this.#page.at(-1) ?? this.#last
    this.#ended = this.#page.length === 0
  }
}
