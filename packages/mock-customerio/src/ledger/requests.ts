// Every request to the Track API from its headers to the last byte of its answer: how each one ended,
// how many came in the busiest second, and whether two that were open at once named one customer.
//
// `overlaps` must not accuse a sender that gave up: it closes its connection and repeats the request
// at once, and the mock may read the new one before it hears of the closed one. So a suspicion
// against a request that is still open is decided one turn of the event loop later, and falls when
// that request's connection is gone.
// "Open at once" is counted in ticks (one for each opening and ending), not in milliseconds.
import type { CustomerTrack } from './customers.ts'
import type { Receipts } from './receipts.ts'
import { SlidingSecond } from './sliding-second.ts'

/** One request between its headers and its end. */
export interface Exchange {
  /** From 1 up, in order of arrival. */
  readonly number: number
  readonly openedTick: number
  /** When the complete body was there, ms. Written by the request's handler. */
  receivedAtMs: number
  readonly customers: CustomerTrack[]
  /** Whether the sender has closed its side or lost the connection. */
  readonly isGone: () => boolean
  open: boolean
}

export class Requests {
  readonly #byEnding = new Map<string, number>()
  readonly #lastSecond = new SlidingSecond()
  readonly #receipts: Receipts | null
  #tick = 0
  #total = 0
  #inFlight = 0
  #busiestSecond = 0
  #overlaps = 0
  #repeatedInBatch = 0
  #undecided = 0

  constructor(receipts: Receipts | null) {
    this.#receipts = receipts
  }

  /** Whether every suspicion of an overlap has been decided. */
  get isDecided(): boolean {
    return this.#undecided === 0
  }

  /** `host`: the address by which the sender reached the mock. */
  open(
    nowMs: number,
    { host, isGone }: { host: string | undefined; isGone: () => boolean },
  ): Exchange {
    this.#total += 1
    this.#tick += 1
    this.#inFlight += 1
    this.#lastSecond.add(nowMs)
    this.#busiestSecond = Math.max(this.#busiestSecond, this.#lastSecond.count(nowMs))
    const exchange: Exchange = {
      number: this.#total,
      openedTick: this.#tick,
      receivedAtMs: nowMs,
      customers: [],
      isGone,
      open: true,
    }
    this.#receipts?.opened(exchange, nowMs, host)
    return exchange
  }

  /** Notes that an operation of this request names the customer. */
  touch(exchange: Exchange, track: CustomerTrack): void {
    if (track.lastRequest === exchange.number) {
      this.#repeatedInBatch += 1
      return
    }
    track.lastRequest = exchange.number
    if (track.holder !== null) this.#suspect(track.holder)
    else if (track.answeredTick > exchange.openedTick) this.#overlaps += 1
    track.holder = exchange
    exchange.customers.push(track)
  }

  /**
   * The request is over. `ending` is its status code, or how it ended without one.
   * Called right before the last byte is handed to the socket: what the sender does after it has
   * read the answer must find the request closed.
   */
  end(exchange: Exchange, ending: string, nowMs: number): void {
    if (!exchange.open) return
    this.#receipts?.ended(exchange, nowMs, ending)
    exchange.open = false
    this.#tick += 1
    this.#inFlight -= 1
    this.#byEnding.set(ending, (this.#byEnding.get(ending) ?? 0) + 1)
    for (const track of exchange.customers) {
      if (track.holder === exchange) track.holder = null
      if (ending !== 'left') track.answeredTick = this.#tick
    }
  }

  counts(): RequestCounts {
    return {
      requests: this.#total,
      requestsByEnding: Object.fromEntries(this.#byEnding),
      inFlight: this.#inFlight,
      maxRequestsPerSecond: this.#busiestSecond,
      overlaps: this.#overlaps,
      repeatedInBatch: this.#repeatedInBatch,
    }
  }

  #suspect(holder: Exchange): void {
    this.#undecided += 1
    setImmediate(() => {
      this.#undecided -= 1
      if (!holder.isGone()) this.#overlaps += 1
    })
  }
}

export interface RequestCounts {
  /** Requests to the Track API whose headers arrived. */
  requests: number
  /**
   * How they ended: a status code, or `aborted` (body incomplete, never applied), `left` (the sender
   * went before the answer), `reset`, `cut` (by a fault).
   */
  requestsByEnding: Record<string, number>
  inFlight: number
  /** Most requests that arrived in any one second. */
  maxRequestsPerSecond: number
  /** Times a request named a customer whom another open request had named. */
  overlaps: number
  /** Operations about a customer whom an earlier operation of the same batch had named. */
  repeatedInBatch: number
}
