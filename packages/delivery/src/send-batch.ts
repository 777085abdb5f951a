// What happens to one batch: events that are delivered already are dropped, the rest is sent, and the answer is
// acted on, until each event is settled or the session ends. Failures of the endpoint are retried in place, so
// that order holds and nothing dies; a refused batch is halved until the guilty event stands alone.

import type { Rejection, ResponseClass } from '@retention-relay/events'
import { isProfileOperation } from '@retention-relay/events'

import { backoffMs } from './backoff.ts'
import type { Batch } from './batch.ts'
import type { EndpointGate } from './endpoint-gate.ts'
import type { Lease } from './lease.ts'
import type { Settler } from './outcomes.ts'
import { deadOutcome, deliveredOutcome } from './outcomes.ts'
import type { PendingEvent } from './pending-event.ts'
import type { Clock, DeliveryObserver, DestinationPort, PartitionPort } from './ports.ts'
import type { RateShare } from './rate-share.ts'
import type { Outcome } from './settlements.ts'

/** Bound on a request in milliseconds. */
export const REQUEST_TIMEOUT_MS = 10_000
/** Bound on a profile operation, which nothing deduplicates, in milliseconds. */
export const PROFILE_TIMEOUT_MS = 3_000
/** Least rest of the lease to begin a profile operation, in milliseconds. */
export const PROFILE_LEASE_MS = 6_000
/** Unreadable answers in a row after which the relay says that it is paused. */
const UNREADABLE_IN_A_ROW = 3

/** What the sender works with. */
export interface SenderParts {
  readonly lease: Lease
  readonly queue: Pick<PartitionPort, 'delivered'>
  readonly destination: DestinationPort
  readonly gate: EndpointGate
  readonly rate: RateShare
  readonly clock: Clock
  readonly random: () => number
  readonly observer: DeliveryObserver
  readonly settler: Settler
  /** Makes outcomes durable. Does not wait: other customers' events go ahead meanwhile. */
  readonly settle: (outcomes: readonly Outcome[]) => void
  /** Resolves when every settle so far is acknowledged, or has ended the session. */
  readonly acknowledged: () => Promise<void>
  /** Puts a refused event aside for a while; the others of its partition go on. */
  readonly setAside: (pending: PendingEvent, delayMs: number) => void
  /** The session is out of sync: a look-up failed. */
  readonly fail: (cause: unknown) => void
  /** Aborts when the session ends: waits end, the request in flight does not. */
  readonly ended: AbortSignal
  /** Aborts when the request in flight must end too. */
  readonly cut: AbortSignal
}

type Answer = Awaited<ReturnType<DestinationPort['send']>>

/** Sends the batches of one session. */
export class BatchSender {
  readonly #parts: SenderParts
  #unreadableInARow = 0
  /** Customers with an event of this batch that was put aside. */
  readonly #aside = new Set<string>()

  constructor(parts: SenderParts) {
    this.#parts = parts
  }

  /** Sends until every event of the batch is settled, set aside, or the session has ended. */
  async send(batch: Batch): Promise<void> {
    this.#aside.clear()
    await this.#sendOpen(batch)
  }

  async #sendOpen(batch: Batch): Promise<void> {
    let open = batch
    for (let attempt = 1; open.length > 0; attempt += 1) {
      open = await this.#prepare(open)
      if (open.length === 0) return
      const answer = await this.#request(open, attempt)
      const again = await this.#act(open, answer.response, attempt)
      if (!again) return
    }
  }

  /**
   * Waits until the batch may go, and reads the dedupe store after all waits, since a former owner's settle may have come
   * meanwhile. Returns what is to be sent now; nothing when the session has ended.
   */
  async #prepare(batch: Batch): Promise<Batch> {
    while (await this.#mayGo(batch)) {
      const open = await this.#dropDelivered(batch)
      if (open.length > 0 && this.#leaseSuffices(open)) return open
      this.#parts.rate.giveBack()
      if (open.length === 0) return open
    }
    return []
  }

  /** Settles as duplicates what the dedupe store has; returns the others. */
  async #dropDelivered(batch: Batch): Promise<Batch> {
    let known: boolean[]
    try {
      known = await this.#parts.queue.delivered(batch.map(({ pending }) => pending.member))
    } catch (cause) {
      this.#parts.fail(cause)
      return []
    }
    const duplicates = batch.filter((_, index) => known[index])
    if (duplicates.length === 0) return batch
    const outcomes = duplicates.map(({ pending }) => deliveredOutcome(pending, 'duplicate'))
    this.#parts.settle(outcomes)
    return batch.filter((_, index) => !known[index])
  }

  /** Waits for credentials, rate and, for a profile operation, enough of the lease; false when the session ended. */
  async #mayGo(batch: Batch): Promise<boolean> {
    const { gate, rate, lease, clock, ended } = this.#parts
    await gate.pass(ended)
    if (!(await rate.take(ended))) return false
    while (lease.isValid() && !ended.aborted && !this.#leaseSuffices(batch)) {
      await clock.sleep(50, ended)
    }
    if (lease.isValid() && !ended.aborted) return true
    rate.giveBack()
    return false
  }

  /** A profile operation needs enough of the lease for its whole request. */
  #leaseSuffices(batch: Batch): boolean {
    const neededMs = isProfile(batch) ? PROFILE_LEASE_MS : 1
    return this.#parts.lease.remainingMs() >= neededMs
  }

  async #request(batch: Batch, attempt: number): Promise<Answer> {
    const { destination, lease, cut, observer } = this.#parts
    for (const { pending } of batch) pending.attempts += 1
    const answer = await destination.send({
      operations: batch.map(({ operation }) => operation),
      guard: () => lease.isValid(),
      timeoutMs: isProfile(batch) ? PROFILE_TIMEOUT_MS : REQUEST_TIMEOUT_MS,
      signal: cut,
    })
    const { response, status, durationMs } = answer
    const unknownOutcome = 'unknownOutcome' in response && response.unknownOutcome
    if (unknownOutcome) for (const { pending } of batch) pending.maybeDelivered = true
    observer.answered({
      partition: lease.partition,
      events: batch.length,
      outcome: response.kind,
      unknownOutcome,
      detail: 'detail' in response ? `${response.cause}: ${response.detail}` : '',
      status,
      durationMs,
      attempt,
    })
    return answer
  }

  /** Acts on the answer; true when the same events go again. */
  async #act(batch: Batch, response: ResponseClass, attempt: number): Promise<boolean> {
    switch (response.kind) {
      case 'delivered':
        this.#settleAccepted(batch, new Map())
        return false
      case 'partly_refused':
        this.#settleAccepted(batch, new Map(response.rejections.map((item) => [item.index, item])))
        return false
      case 'item_errors_unclear':
        await this.#unclear(batch, response.rejection)
        return false
      case 'refused':
        await this.#refused(batch, response.reason, response.rejection, response.believable)
        return false
      case 'unauthorized':
        return await this.#unauthorized(batch, response, attempt)
      case 'wrong_address':
        return await this.#pauseAndRetry(
          `the destination answers ${response.status}: a wrong address, or a proxy`,
          attempt,
        )
      case 'retry':
        return await this.#retry(response, attempt)
      case 'aborted':
        // Events that nobody settles would block their lanes for ever.
        if (!this.#parts.ended.aborted) this.#parts.fail('the request was aborted by somebody else')
        return false
      case 'lease_over':
        return false
    }
  }

  #settleAccepted(batch: Batch, refused: ReadonlyMap<number, Rejection>): void {
    const { gate, rate, settle, settler } = this.#parts
    if (refused.size < batch.length) gate.noteAccepted()
    rate.recover()
    this.#unreadableInARow = 0
    const outcomes = batch.map(({ pending }, index) => {
      const rejection = refused.get(index)
      if (rejection === undefined) return deliveredOutcome(pending, 'delivered')
      return deadOutcome(pending, 'rejected', rejection, settler)
    })
    settle(outcomes)
  }

  /**
   * Errors that name no item. What they do not mean is accepted, so of several events each may be delivered. Alone, an
   * event is what they mean; that it is refused is believable when they say a reason or a field, as Customer.io's do.
   */
  async #unclear(batch: Batch, rejection: Rejection): Promise<void> {
    if (batch.length > 1) for (const { pending } of batch) pending.maybeDelivered = true
    const believable = rejection.reason !== undefined || rejection.field !== undefined
    await this.#refused(batch, 'rejected', rejection, believable)
  }

  /** A refused batch goes again in halves; a single event is dead if the refusal is believable. */
  async #refused(
    batch: Batch,
    reason: 'rejected' | 'oversize',
    rejection: Rejection,
    believable: boolean,
  ): Promise<void> {
    if (batch.length > 1) {
      const middle = Math.ceil(batch.length / 2)
      await this.#sendOpen(batch.slice(0, middle))
      // The halves may hold events of one customer.
      await this.#parts.acknowledged()
      if (!this.#parts.ended.aborted) await this.#sendOpen(this.#withoutAside(batch.slice(middle)))
      return
    }
    const { pending } = batch[0]!
    if (believable || this.#hasAcceptedOthers(pending)) {
      this.#parts.settle([deadOutcome(pending, reason, rejection, this.#parts.settler)])
    } else {
      this.#putAside(pending, rejection)
    }
  }

  /** Puts events aside whose customer has an earlier one aside: they may not overtake it. Returns the others. */
  #withoutAside(batch: Batch): Batch {
    return batch.filter(({ pending }) => {
      const isBehind = this.#aside.has(pending.event.customerId)
      if (isBehind) this.#parts.setAside(pending, 0)
      return !isBehind
    })
  }

  #hasAcceptedOthers(pending: PendingEvent): boolean {
    return (
      pending.refusedWhenAccepted !== undefined &&
      this.#parts.gate.accepted > pending.refusedWhenAccepted
    )
  }

  /** The refusal is not in Customer.io's words, and nothing else was accepted since: it proves nothing yet. */
  #putAside(pending: PendingEvent, rejection: Rejection): void {
    const { gate, observer, lease, random, setAside } = this.#parts
    pending.refusedWhenAccepted ??= gate.accepted
    const detail = `the destination refuses an event with ${rejection.status} in words that are not its own`
    observer.paused('refuses_everything', lease.partition, detail)
    this.#aside.add(pending.event.customerId)
    setAside(pending, backoffMs(pending.attempts, random))
  }

  async #unauthorized(
    batch: Batch,
    response: Extract<ResponseClass, { kind: 'unauthorized' }>,
    attempt: number,
  ): Promise<boolean> {
    const verdict = await this.#parts.gate.judgeUnauthorized(response.status)
    if (verdict === 'credentials') return true
    if (verdict === 'unreachable') return await this.#wait(attempt, 0)
    // The credentials are good, so a firewall objects to the content.
    await this.#refused(batch, 'rejected', response.rejection, false)
    return false
  }

  async #pauseAndRetry(detail: string, attempt: number): Promise<boolean> {
    const { observer, lease } = this.#parts
    observer.paused('destination', lease.partition, detail)
    return await this.#wait(attempt, 0)
  }

  async #retry(
    response: Extract<ResponseClass, { kind: 'retry' }>,
    attempt: number,
  ): Promise<boolean> {
    const { rate, observer, lease } = this.#parts
    if (response.cause === 'rate_limited') rate.shrink()
    this.#unreadableInARow = response.cause === 'unreadable_answer' ? this.#unreadableInARow + 1 : 0
    if (this.#unreadableInARow === UNREADABLE_IN_A_ROW) {
      observer.paused('unreadable_answer', lease.partition, response.detail)
    }
    return await this.#wait(attempt, response.retryAfterMs ?? 0)
  }

  async #wait(failures: number, leastMs: number): Promise<boolean> {
    const { clock, random, ended } = this.#parts
    await clock.sleep(backoffMs(failures, random, leastMs), ended)
    return !ended.aborted
  }
}

function isProfile(batch: Batch): boolean {
  return isProfileOperation(batch[0]!.pending.event.op)
}
