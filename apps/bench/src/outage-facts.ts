// What the receiver of the outage has seen since the end of the outage: how often each second was asked, which events came,
// in which order, and how long live ones took. Everything is counted from requests, nothing from the relay's own word.

import { LIVE_PREFIX } from './outage-live.ts'

/** Seconds after the end of the outage of which the requests are told one by one. */
const FIRST_SECONDS = 10

/** One operation of a batch, as far as it is looked at. */
export interface SeenOperation {
  readonly id: string
  readonly identifiers: { readonly id: string }
  readonly attributes: { readonly product_id: string }
}

/** What is told of it. */
export interface OutageFacts {
  /** Requests while it was out. */
  readonly refused: number
  /** Distinct events of the backlog, and live ones. */
  readonly backlog: number
  readonly live: number
  /** Events that came again. */
  readonly repeated: number
  /** Events that came after a newer one of their customer. */
  readonly inversions: number
  readonly mostPerSecond: number
  /** Requests in each of the first seconds after the outage. */
  readonly firstSeconds: readonly number[]
  readonly liveP50Ms: number
  readonly liveP99Ms: number
}

/** Counts what comes. Times are milliseconds since the end of the outage. */
export class OutageCounts {
  /** Written by the receiver. */
  refused = 0
  #backlog = 0
  #repeated = 0
  #inversions = 0
  #mostPerSecond = 0
  readonly #firstSeconds = Array.from({ length: FIRST_SECONDS }, () => 0)
  readonly #liveMs: number[] = []
  readonly #seen = new Set<string>()
  /** Greatest number so far by customer. */
  readonly #newest = new Map<string, number>()
  /** Times of the requests of the last second. */
  readonly #lastSecond: number[] = []

  /** A request was accepted. */
  request(sinceMs: number): void {
    this.#lastSecond.push(sinceMs)
    while (this.#lastSecond[0]! <= sinceMs - 1000) this.#lastSecond.shift()
    this.#mostPerSecond = Math.max(this.#mostPerSecond, this.#lastSecond.length)
    const second = Math.floor(sinceMs / 1000)
    if (second < FIRST_SECONDS) this.#firstSeconds[second]! += 1
  }

  /** An event of it; `nowMs` is the wall clock. */
  event({ id, identifiers, attributes }: SeenOperation, nowMs: number): void {
    if (this.#seen.has(id)) {
      this.#repeated += 1
      return
    }
    this.#seen.add(id)
    const customerId = identifiers.id
    const number = Number(attributes.product_id)
    if (customerId.startsWith(LIVE_PREFIX)) this.#liveMs.push(nowMs - number)
    else this.#backlog += 1
    if (number < (this.#newest.get(customerId) ?? -1)) this.#inversions += 1
    else this.#newest.set(customerId, number)
  }

  /** All of it. */
  facts(): OutageFacts {
    const sorted = this.#liveMs.toSorted((one, other) => one - other)
    const at = (part: number): number => sorted[Math.floor(sorted.length * part)] ?? 0
    return {
      refused: this.refused,
      backlog: this.#backlog,
      live: sorted.length,
      repeated: this.#repeated,
      inversions: this.#inversions,
      mostPerSecond: this.#mostPerSecond,
      firstSeconds: this.#firstSeconds,
      liveP50Ms: at(0.5),
      liveP99Ms: at(0.99),
    }
  }
}
