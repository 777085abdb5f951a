// Claimed events in lanes, one per customer, each in the order of the queue. A lane whose event is on its way is
// blocked until the settle of that event is acknowledged; the other lanes go ahead, in the order in which they
// became ready, so that one customer with a thousand events delays the others by a batch, not by a thousand.

import type { PendingEvent } from './pending-event.ts'

interface Lane {
  readonly customerId: string
  /** Oldest first. */
  events: PendingEvent[]
  /** Taken and not settled. While there are any the lane is blocked. */
  onTheirWay: number
  /** Of these, put back to the head of the lane. */
  putBack: number
}

/** Picks from a lane: how many of its first events may go now. 0: none, the lane stays ready. */
export type Pick = (events: readonly PendingEvent[]) => number

/** The lanes of one partition. */
export class CustomerLanes {
  readonly #lanes = new Map<string, Lane>()
  /** Lanes with events and none on its way, the longest ready first. */
  #ready: Lane[] = []
  #events = 0

  /** Events that wait, those on their way not counted. */
  get waiting(): number {
    return this.#events
  }

  /** Customers with an event that could go now. */
  get ready(): number {
    return this.#ready.length
  }

  /** Adds an event behind all others of its customer. */
  add(event: PendingEvent): void {
    const { customerId } = event.event
    let lane = this.#lanes.get(customerId)
    if (lane === undefined) {
      lane = { customerId, events: [], onTheirWay: 0, putBack: 0 }
      this.#lanes.set(customerId, lane)
      this.#ready.push(lane)
    }
    lane.events.push(event)
    this.#events += 1
  }

  /** Goes over the ready lanes; takes what `pick` says and blocks these lanes; ends when `done` says so. */
  take(pick: Pick, done: () => boolean): PendingEvent[] {
    const taken: PendingEvent[] = []
    const left: Lane[] = []
    let at = 0
    for (; at < this.#ready.length && !done(); at += 1) {
      const lane = this.#ready[at]!
      const count = pick(lane.events)
      if (count === 0) {
        left.push(lane)
        continue
      }
      taken.push(...lane.events.splice(0, count))
      lane.onTheirWay = count
      lane.putBack = 0
    }
    this.#ready = [...left, ...this.#ready.slice(at)]
    this.#events -= taken.length
    return taken
  }

  /** One event of the customer that was on its way is settled. After the last one the lane may go on. */
  release(customerId: string): void {
    const lane = this.#lanes.get(customerId)
    if (lane === undefined || lane.onTheirWay === 0) return
    lane.onTheirWay -= 1
    if (lane.onTheirWay > 0) return
    if (lane.events.length === 0) this.#lanes.delete(customerId)
    else this.#ready.push(lane)
  }

  /**
   * Puts an event on its way back to the head of its lane, behind those that were put back before it; it still counts
   * as on its way until `release`.
   */
  putBack(event: PendingEvent): void {
    const lane = this.#lanes.get(event.event.customerId)!
    lane.events.splice(lane.putBack, 0, event)
    lane.putBack += 1
    this.#events += 1
  }
}
