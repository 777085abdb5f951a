// What an answer means for the events of its batch (design § 7): what is decided is settled or put aside here, and the
// next step of the rest is returned. Nothing is sent here and nothing waits, but for the probe after a 401 or 403.

import type { Rejection, ResponseClass } from '@retention-relay/events'

import { backoffMs } from './backoff.ts'
import type { Batch } from './batch.ts'
import type { Verdict } from './circuit-breaker.ts'
import type { EndpointGate } from './endpoint-gate.ts'
import { isRefusedForGood, suspectAgain, SUSPECT_CAP_MS } from './isolate-event.ts'
import type { Lease } from './lease.ts'
import type { Settler } from './outcomes.ts'
import { deadOutcome, deliveredOutcome } from './outcomes.ts'
import type { PendingEvent } from './pending-event.ts'
import type { DeliveryObserver, DestinationPort } from './ports.ts'
import type { RateShare } from './rate-share.ts'
import type { Outcome } from './settlements.ts'

/** Longest time that an event is put aside which is refused while others are accepted, in milliseconds. */
const REFUSED_CAP_MS = 5_000
/** Unreadable answers in a row after which the relay says that it is paused. */
const UNREADABLE_IN_A_ROW = 3

/** An answer, and how long it took. */
export type Answer = Awaited<ReturnType<DestinationPort['send']>>

/** What comes next for a batch. */
export type Step =
  /** Every event of it is settled or put aside, or the session has ended. */
  | { readonly kind: 'done' }
  /** It goes again as soon as it may. */
  | { readonly kind: 'again' }
  /** Its content is refused, and it has several events. */
  | { readonly kind: 'halve' }
  /** The endpoint failed. `mayBeContent`: an event of the batch may be the cause. */
  | { readonly kind: 'failed'; readonly mayBeContent: boolean; readonly leastWaitMs: number }

/** What acting needs. */
export interface AnswerParts {
  readonly lease: Pick<Lease, 'partition'>
  readonly gate: EndpointGate
  readonly rate: RateShare
  readonly random: () => number
  readonly observer: DeliveryObserver
  readonly settler: Settler
  /** Makes outcomes durable. Does not wait: other customers' events go ahead meanwhile. */
  readonly settle: (outcomes: readonly Outcome[]) => void
  /** Puts an event aside for a while; the others of its partition go on. */
  readonly setAside: (pending: PendingEvent, delayMs: number) => void
  /** The session is out of sync. */
  readonly fail: (cause: unknown) => void
  /** Aborts when the session ends. */
  readonly ended: AbortSignal
}

/** What an answer says about the endpoint, whatever it says about the events. */
export function verdictOf(response: ResponseClass): Verdict {
  switch (response.kind) {
    case 'delivered':
    case 'partly_refused':
    case 'item_errors_unclear':
    case 'unauthorized':
      return 'up'
    case 'refused':
      return response.believable ? 'up' : 'unknown'
    case 'retry':
      return response.cause === 'rate_limited' ? 'up' : 'down'
    case 'wrong_address':
      return 'down'
    case 'lease_over':
    case 'aborted':
      return 'unknown'
  }
}

/** Whether the request counts as failed when events are told from an outage: refusals that prove nothing do too. */
export function hasFailed(response: ResponseClass): boolean {
  if (response.kind === 'refused') return !response.believable
  if (response.kind === 'item_errors_unclear') return !isBelievable(response.rejection)
  return response.kind === 'unauthorized' || verdictOf(response) === 'down'
}

/** Customer.io says a reason or a field. */
function isBelievable({ reason, field }: Rejection): boolean {
  return reason !== undefined || field !== undefined
}

/** Acts on the answers of one session. */
export class AnswerActions {
  readonly #parts: AnswerParts
  #unreadableInARow = 0

  constructor(parts: AnswerParts) {
    this.#parts = parts
  }

  /** Acts on the answer to a batch. */
  async act(batch: Batch, { response, durationMs }: Answer): Promise<Step> {
    switch (response.kind) {
      case 'delivered':
        return this.#settleAccepted(batch, new Map(), durationMs)
      case 'partly_refused':
        return this.#settleAccepted(
          batch,
          new Map(response.rejections.map((item) => [item.index, item])),
          durationMs,
        )
      case 'item_errors_unclear':
        return this.#unclear(batch, response.rejection)
      case 'refused':
        return this.#refused(batch, response.reason, response.rejection, response.believable)
      case 'unauthorized':
        return await this.#unauthorized(batch, response)
      case 'wrong_address':
        return this.#wrongAddress(response.status)
      case 'retry':
        return this.#retry(response)
      case 'aborted':
        // Events that nobody settles would block their lanes for ever.
        if (!this.#parts.ended.aborted) this.#parts.fail('the request was aborted by somebody else')
        return { kind: 'done' }
      case 'lease_over':
        return { kind: 'done' }
    }
  }

  #settleAccepted(batch: Batch, refused: ReadonlyMap<number, Rejection>, durationMs: number): Step {
    const { gate, rate, settle, settler } = this.#parts
    if (refused.size < batch.length) gate.noteAccepted(durationMs)
    rate.recover()
    this.#unreadableInARow = 0
    const outcomes = batch.map(({ pending }, index) => {
      const rejection = refused.get(index)
      if (rejection === undefined) return deliveredOutcome(pending, 'delivered')
      return deadOutcome(pending, 'rejected', rejection, settler)
    })
    settle(outcomes)
    return { kind: 'done' }
  }

  /**
   * Errors that name no item. What they do not mean is accepted, so of several events each may be delivered. Alone, an
   * event is what they mean; that it is refused is believable when they say a reason or a field, as Customer.io's do.
   */
  #unclear(batch: Batch, rejection: Rejection): Step {
    if (batch.length > 1) for (const { pending } of batch) pending.history.maybeDelivered = true
    return this.#refused(batch, 'rejected', rejection, isBelievable(rejection))
  }

  /** A refused batch goes again in halves; a single event is dead if the refusal is believable. */
  #refused(
    batch: Batch,
    reason: 'rejected' | 'oversize',
    rejection: Rejection,
    believable: boolean,
  ): Step {
    if (batch.length > 1) return { kind: 'halve' }
    const { pending } = batch[0]!
    if (believable || this.#isProven(pending)) {
      this.#parts.settle([deadOutcome(pending, reason, rejection, this.#parts.settler)])
    } else {
      this.#putAside(pending, rejection)
    }
    return { kind: 'done' }
  }

  /**
   * A refusal that is not in Customer.io's words may be a proxy's, of whatever it is asked. It is about the event when it
   * comes again and again while others are accepted.
   */
  #isProven({ history, event }: PendingEvent): boolean {
    const seen = this.#parts.gate.seenBy(event.op)
    const row = { failures: 1, acceptedBefore: seen.accepted }
    return isRefusedForGood(suspectAgain(history, row, seen), seen)
  }

  #putAside(pending: PendingEvent, rejection: Rejection): void {
    const { history } = pending
    const { observer, lease, random, setAside } = this.#parts
    const detail = `the destination refuses an event with ${rejection.status} in words that are not its own`
    observer.paused('refuses_everything', lease.partition, detail)
    const refusals = history.suspect?.failures ?? 0
    // While nothing is accepted everything is refused, and all of it goes again.
    const delayMs =
      refusals > 0
        ? backoffMs(refusals, random, { capMs: REFUSED_CAP_MS })
        : backoffMs(history.attempts, random, { capMs: SUSPECT_CAP_MS })
    setAside(pending, delayMs)
  }

  async #unauthorized(
    batch: Batch,
    response: Extract<ResponseClass, { kind: 'unauthorized' }>,
  ): Promise<Step> {
    const verdict = await this.#parts.gate.judgeUnauthorized(response.status)
    if (verdict === 'credentials') return { kind: 'again' }
    if (verdict === 'unreachable') return { kind: 'failed', mayBeContent: false, leastWaitMs: 0 }
    // The credentials are good, so a firewall objects to the content.
    return this.#refused(batch, 'rejected', response.rejection, false)
  }

  #wrongAddress(status: number): Step {
    const { observer, lease } = this.#parts
    const detail = `the destination answers ${status}: a wrong address, or a proxy`
    observer.paused('destination', lease.partition, detail)
    return { kind: 'failed', mayBeContent: false, leastWaitMs: 0 }
  }

  #retry(response: Extract<ResponseClass, { kind: 'retry' }>): Step {
    const { rate, observer, lease } = this.#parts
    const { cause, retryAfterMs = 0 } = response
    if (cause === 'rate_limited') rate.shrink()
    this.#unreadableInARow = cause === 'unreadable_answer' ? this.#unreadableInARow + 1 : 0
    if (this.#unreadableInARow === UNREADABLE_IN_A_ROW) {
      observer.paused('unreadable_answer', lease.partition, response.detail)
    }
    return { kind: 'failed', mayBeContent: cause !== 'rate_limited', leastWaitMs: retryAfterMs }
  }
}
