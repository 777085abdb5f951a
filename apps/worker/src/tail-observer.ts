// The worker's part of the live view: while somebody looks, what happens to each event is published, personal fields
// masked, and so is a customer id that is an address. A bound on lines keeps a busy worker from paying for a view that nobody
// can read; what is left out is counted.

import type { DeliveryObserver } from '@retention-relay/delivery'
import type { PersonalMask, RelayEvent } from '@retention-relay/events'
import { eventLabel, maskContact } from '@retention-relay/events'
import type { TailLine, TailMessage } from '@retention-relay/queue'

/** Most lines of a worker in a second. */
export const TAIL_LINES_PER_SECOND = 200

const SECOND_MS = 1000

/** What the live view needs. */
export interface TailParts {
  readonly workerId: string
  readonly mask: PersonalMask
  /** Publishes; a failure is nobody's loss. */
  readonly publish: (message: TailMessage) => void
  /** Wall clock in milliseconds. */
  readonly now: () => number
}

/** Publishes what happens while somebody looks. */
export class TailObserver implements Partial<DeliveryObserver> {
  readonly #parts: TailParts
  #isAsked = false
  /** Start of the second that is counted, in milliseconds since 1970. */
  #secondAt = 0
  #linesInSecond = 0
  #skipped = 0

  constructor(parts: TailParts) {
    this.#parts = parts
  }

  /** Somebody looks, or nobody any more. */
  asked(isAsked: boolean): void {
    this.#isAsked = isAsked
  }

  readonly decoded: NonNullable<DeliveryObserver['decoded']> = (events, _producer, claims) => {
    // After a requeue they come again.
    if (!this.#isAsked || claims > 1) return
    this.#publish(this.#fitting(events).map(({ event }) => this.#line('accepted', event)))
  }

  readonly settled: DeliveryObserver['settled'] = ({ deliveredEvents, dead }) => {
    if (!this.#isAsked) return
    const delivered = this.#fitting(deliveredEvents).map((event) => this.#line('delivered', event))
    const died = this.#fitting(dead).flatMap(({ event, reason, message }): TailLine[] => {
      if (event === undefined) return []
      const why = message === undefined ? { reason } : { reason, message }
      return [{ ...this.#line('dead', event), ...why }]
    })
    this.#publish([...delivered, ...died])
  }

  /** As many as may still be told in this second; the others are counted and cost nothing more. */
  #fitting<Told>(all: readonly Told[]): readonly Told[] {
    const now = this.#parts.now()
    if (now - this.#secondAt >= SECOND_MS) {
      this.#secondAt = now
      this.#linesInSecond = 0
    }
    const fitting = all.slice(0, TAIL_LINES_PER_SECOND - this.#linesInSecond)
    this.#linesInSecond += fitting.length
    this.#skipped += all.length - fitting.length
    return fitting
  }

  #line(what: TailLine['what'], event: RelayEvent): TailLine {
    const { workerId: worker, mask, now } = this.#parts
    const { id, occurredAt } = event
    const customerId = maskContact(event.customerId)
    const label = eventLabel(event)
    return { what, at: now(), worker, id, customerId, label, occurredAt, content: mask(event) }
  }

  #publish(lines: readonly TailLine[]): void {
    if (lines.length === 0) return
    this.#parts.publish({ lines, skipped: this.#skipped })
    this.#skipped = 0
  }
}
