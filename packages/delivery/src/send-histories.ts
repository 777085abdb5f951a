// What requests have shown of the events that a consumer holds, from one session to the next: a requeue takes the events
// back to Redis, and what is known of them must not be forgotten, or a dead letter would not say that the event
// may have been delivered. Only events whose requests had no outcome are kept, so there are few.

import type { PendingEvent, SendHistory } from './pending-event.ts'

/** Histories of one consumer. */
export class SendHistories {
  readonly #byMember = new Map<string, { readonly history: SendHistory; readonly jobId: string }>()

  /** What is known of the event with this dedupe member; `maybeDelivered` is what its job says. */
  readonly of = (member: string, maybeDelivered: boolean): SendHistory =>
    this.#byMember.get(member)?.history ?? { attempts: 0, maybeDelivered }

  /** Jobs with an event that may have been delivered. */
  get uncertainJobs(): readonly string[] {
    const jobs = new Set<string>()
    for (const { history, jobId } of this.#byMember.values()) {
      if (history.maybeDelivered) jobs.add(jobId)
    }
    return [...jobs]
  }

  /** A request of the event has ended without an outcome for it. */
  keep({ member, history, job }: PendingEvent): void {
    this.#byMember.set(member, { history, jobId: job.id })
  }

  /** The event is settled. */
  forget(member: string): void {
    this.#byMember.delete(member)
  }
}
