// What happens to one batch: it is sent, its answer is acted on, and what is not decided goes again, until each event is
// settled, put aside, or the session ends. Failures of the endpoint are retried in place, so that order holds and
// nothing dies. A refused batch is halved until the guilty event stands alone; one that fails again and again
// while others are accepted is halved too (isolate-event.ts).

import type { ResponseClass } from '@retention-relay/events'

import { AnswerActions, hasFailed, verdictOf } from './act-on-answer.ts'
import type { Answer, AnswerParts, Step } from './act-on-answer.ts'
import { backoffMs } from './backoff.ts'
import type { Batch } from './batch.ts'
import type { Verdict } from './circuit-breaker.ts'
import { PROFILE_TIMEOUT_MS } from './endpoint-gate.ts'
import type { ClearanceParts, ClearedBatch } from './clear-batch.ts'
import { clearBatch, isProfileBatch } from './clear-batch.ts'
import type { Evidence, FailedInARow } from './isolate-event.ts'
import {
  canaryOf,
  isSuspectAlone,
  isExhausted,
  isSuspicious,
  suspectAgain,
  SUSPECT_CAP_MS,
  triesOf,
} from './isolate-event.ts'
import { deadOutcome } from './outcomes.ts'
import type { PendingEvent } from './pending-event.ts'
import type { DestinationPort } from './ports.ts'
import type { SendHistories } from './send-histories.ts'

/** Bound on a request in milliseconds. */
export const REQUEST_TIMEOUT_MS = 10_000
/** Failures in a row of one batch after which it may be an event of it, and not the endpoint, that fails. */
const CANARY_AFTER = 3

/** What the sender works with. */
export interface SenderParts extends ClearanceParts, AnswerParts {
  readonly lease: ClearanceParts['lease']
  readonly destination: DestinationPort
  readonly histories: SendHistories
  /** Resolves when every settle so far is acknowledged, or has ended the session. */
  readonly acknowledged: () => Promise<void>
  /** Whether the partition has other events that could go. */
  readonly hasOthers: () => boolean
  /** Aborts when the request in flight must end too. */
  readonly cut: AbortSignal
}

/** What one request left: the events that are still open, and what comes next for them. */
interface Sent {
  readonly open: Batch
  readonly step: Step
}

const NOTHING_LEFT: Sent = { open: [], step: { kind: 'done' } }

/** Sends the batches of one session. */
export class BatchSender {
  readonly #parts: SenderParts
  readonly #answers: AnswerActions
  /** Customers with an event of this batch that was put aside. */
  readonly #aside = new Set<string>()
  /** Requests since the batch was begun. */
  #record = { failed: 0, partsFailed: 0, partsAccepted: 0 }
  /** Events of the batch. */
  #size = 0

  constructor(parts: SenderParts) {
    this.#parts = parts
    this.#answers = new AnswerActions({
      ...parts,
      setAside: (pending, delayMs) => this.#setAside(pending, delayMs),
    })
  }

  /** Sends until every event of the batch is settled, put aside, or the session has ended. */
  async send(batch: Batch): Promise<void> {
    this.#aside.clear()
    this.#record = { failed: 0, partsFailed: 0, partsAccepted: 0 }
    this.#size = batch.length
    await this.#sendAll(batch, CANARY_AFTER, this.#seen(batch).accepted)
  }

  /** `tries`: failures in a row before an event of the batch is looked for; `acceptedBefore` the first of them. */
  async #sendAll(batch: Batch, tries: number, acceptedBefore: number): Promise<void> {
    if (batch.length === 0) return
    const seen = this.#seen(batch)
    let open = batch
    let failures = 0
    // Of these, those that an event of the batch may have caused.
    let doubtful = 0
    while (open.length > 0) {
      const sent = await this.#sendOnce(open, failures + 1)
      open = sent.open
      if (sent.step.kind === 'done') return
      if (sent.step.kind === 'halve') return await this.#sendHalves(open, tries, seen.accepted)
      if (sent.step.kind === 'again') continue
      failures += 1
      const { mayBeContent, leastWaitMs } = sent.step
      if (mayBeContent) doubtful += 1
      const before = seen.accepted
      const over = doubtful - triesOf(open, tries)
      if (mayBeContent && over >= 0) {
        const row = { failures: doubtful, over, ofBatch: this.#record, acceptedBefore }
        open = await this.#isolate(open, row, leastWaitMs)
      }
      const isHealthy = seen.accepted > before
      if (!isHealthy && open.length > 0) await this.#wait(failures, leastWaitMs)
    }
  }

  async #sendOnce(batch: Batch, attempt: number): Promise<Sent> {
    const cleared = await clearBatch(batch, this.#parts)
    if (cleared === null) return NOTHING_LEFT
    const answer = await this.#request(cleared, attempt)
    return { open: cleared.batch, step: await this.#answers.act(cleared.batch, answer) }
  }

  async #request({ batch, permit }: ClearedBatch, attempt: number): Promise<Answer> {
    const { gate } = this.#parts
    let verdict: Verdict = 'unknown'
    let detail = ''
    let leastWaitMs = 0
    try {
      for (const { pending } of batch) pending.history.attempts += 1
      const answer = await this.#handOver(batch)
      const { response } = answer
      this.#note(batch, answer, attempt)
      verdict = verdictOf(response)
      detail = detailOf(response)
      if (response.kind === 'retry') leastWaitMs = response.retryAfterMs ?? 0
      if (hasFailed(response)) this.#noteFailed(batch)
      this.#count(batch, hasFailed(response), verdict)
      return answer
    } finally {
      gate.leave(permit, verdict, detail, leastWaitMs)
    }
  }

  #noteFailed(batch: Batch): void {
    const isAlone = isSuspectAlone(batch)
    if (isAlone) batch[0]!.pending.history.suspect!.ownFailures += 1
    this.#parts.gate.noteFailed(isAlone)
  }

  /** What is known of the endpoint, for this batch. */
  #seen(batch: Batch): Evidence {
    return this.#parts.gate.seenBy(batch[0]!.pending.event.op)
  }

  #count(batch: Batch, failed: boolean, verdict: Verdict): void {
    const isPart = batch.length < this.#size
    if (failed) this.#record.failed += 1
    if (isPart && failed) this.#record.partsFailed += 1
    else if (isPart && verdict === 'up') this.#record.partsAccepted += 1
  }

  async #handOver(batch: Batch): Promise<Answer> {
    const { destination, lease, cut } = this.#parts
    return await destination.send({
      operations: batch.map(({ operation }) => operation),
      guard: () => lease.isValid(),
      timeoutMs: isProfileBatch(batch) ? PROFILE_TIMEOUT_MS : REQUEST_TIMEOUT_MS,
      signal: cut,
    })
  }

  /** Keeps what the answer shows of each event, and tells the observer. */
  #note(batch: Batch, answer: Answer, attempt: number): void {
    const { lease, observer, histories } = this.#parts
    const { response, status, durationMs } = answer
    const unknownOutcome = 'unknownOutcome' in response && response.unknownOutcome
    if (response.kind !== 'delivered' && response.kind !== 'partly_refused') {
      for (const { pending } of batch) {
        if (unknownOutcome) pending.history.maybeDelivered = true
        histories.keep(pending)
      }
    }
    observer.answered({
      partition: lease.partition,
      events: batch.length,
      outcome: response.kind,
      unknownOutcome,
      detail: detailOf(response),
      status,
      durationMs,
      retryAfterMs: response.kind === 'retry' ? response.retryAfterMs : undefined,
      attempt,
    })
  }

  async #sendHalves(batch: Batch, tries: number, acceptedBefore: number): Promise<void> {
    const middle = Math.ceil(batch.length / 2)
    await this.#sendAll(batch.slice(0, middle), tries, acceptedBefore)
    const rest = await this.#behind(batch.slice(middle))
    await this.#sendAll(rest, tries, acceptedBefore)
  }

  /**
   * The batch has failed again and again: the endpoint, or an event of it? Requests that were accepted meanwhile say
   * that the endpoint is healthy; where there are none a part of the batch is the canary, a smaller one each time.
   * Returns what is to be sent again together.
   */
  async #isolate(batch: Batch, row: FailedInARow, leastWaitMs: number): Promise<Batch> {
    if (batch.length === 1) {
      return this.#suspect(batch[0]!.pending, row, leastWaitMs) ? [] : batch
    }
    const seen = this.#seen(batch)
    if (seen.accepted > row.acceptedBefore) {
      if (!isSuspicious(row, seen)) return batch
      // What was seen of the endpoint holds for the halves too: many events may be bad.
      await this.#sendHalves(batch, 1, row.acceptedBefore)
      return []
    }
    await this.#wait(row.failures, leastWaitMs)
    const canary = canaryOf(batch, row.over + 1)
    // Of the canary some may be settled now without a request: superseded meanwhile, for instance.
    const { step, open } = await this.#sendOnce(canary, row.failures)
    if (step.kind === 'again' || step.kind === 'failed') {
      return batch.filter((item) => open.includes(item) || !canary.includes(item))
    }
    if (step.kind === 'halve') await this.#sendHalves(open, CANARY_AFTER, row.acceptedBefore)
    return await this.#behind(batch.filter((item) => !canary.includes(item)))
  }

  /**
   * An event that fails alone: dead when its failures cannot be the endpoint's, else put aside, so that the others of its
   * partition go on and are its canaries. False when there is nothing else: then it waits in place.
   */
  #suspect(pending: PendingEvent, row: FailedInARow, leastMs: number): boolean {
    const { gate, settle, settler, random, hasOthers } = this.#parts
    const seen = gate.seenBy(pending.event.op)
    const isNew = pending.history.suspect === undefined
    if (isNew && seen.accepted > row.acceptedBefore && !isSuspicious(row, seen)) return false
    const suspect = suspectAgain(pending.history, row, seen)
    if (isExhausted(suspect, seen)) {
      const message = `${suspect.failures} requests with nothing but this event failed while others were accepted`
      settle([deadOutcome(pending, 'exhausted', { message }, settler)])
      return true
    }
    if (this.#size === 1 && suspect.failures === 0 && !hasOthers()) return false
    const bounds = { leastMs, capMs: SUSPECT_CAP_MS }
    this.#setAside(pending, backoffMs(Math.max(1, suspect.failures), random, bounds))
    return true
  }

  #setAside(pending: PendingEvent, delayMs: number): void {
    this.#aside.add(pending.event.customerId)
    this.#parts.setAside(pending, delayMs)
  }

  /**
   * What is left when the events before it are settled or put aside: both parts may hold events of one customer, and
   * those behind one that is aside may not overtake it.
   */
  async #behind(batch: Batch): Promise<Batch> {
    await this.#parts.acknowledged()
    if (this.#parts.ended.aborted) return []
    return batch.filter(({ pending }) => {
      const isBehind = this.#aside.has(pending.event.customerId)
      if (isBehind) this.#parts.setAside(pending, 0)
      return !isBehind
    })
  }

  /** While the breaker is open it is the breaker that lets the next request wait. */
  async #wait(failures: number, leastMs: number): Promise<void> {
    const { clock, random, ended, gate } = this.#parts
    if (!gate.isOpen) await clock.sleep(backoffMs(failures, random, { leastMs }), ended)
  }
}

function detailOf(response: ResponseClass): string {
  return 'detail' in response ? `${response.cause}: ${response.detail}` : ''
}
