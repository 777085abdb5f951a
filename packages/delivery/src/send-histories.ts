// What requests have shown of the events that a consumer holds, from one session to the next: a requeue takes the events
// back to Redis, and what is known of them must not be forgotten, or a dead letter would not say that the event
// may have been delivered. Only events whose requests had no outcome are kept, so there are few.

import type { PendingEvent, SendHistory } from './pending-event.ts'

/** Histories of one consumer. */
export class SendHistories {
  readonly #byMember = new Map<string, SendHistory>()

  /** What is known of the event with this dedupe member. */
  readonly of = (member: string): SendHistory =>
    this.#byMember.get(member) ?? { attempts: 0, maybeDelivered: false }

  /** A request of the event has ended without an outcome for it. */
  keep(pending: PendingEvent): void {
    this.#byMember.set(pending.member, pending.history)
  }

  /** The event is settled. */
  forget(member: string): void {
    this.#byMember.delete(member)
  }
}
