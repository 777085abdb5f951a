// A destination that answers as the test says, and keeps what it was sent and what it applied.
import { setMaxListeners } from 'node:events'

import type { ResponseClass } from '@retention-relay/events'

import type { DestinationPort, DestinationRequest } from '../src/ports.ts'

/** An operation, as far as the tests look at it. */
export interface SentOperation {
  readonly action: string
  readonly identifiers: { readonly id: string }
  readonly id?: string
}

/** One request. */
export interface SentRequest {
  readonly operations: readonly SentOperation[]
  readonly request: DestinationRequest
}

/** Answers one request. */
export type Answer = (sent: SentRequest, index: number) => ResponseClass | Promise<ResponseClass>

export const DELIVERED: ResponseClass = { kind: 'delivered' }

/** A 503. */
export const UNAVAILABLE: ResponseClass = {
  kind: 'retry',
  cause: 'server_error',
  unknownOutcome: false,
  detail: '503',
}

/** A refusal of the whole request. */
export function refusal(believable = true): ResponseClass {
  const rejection = { status: 400, reason: 'invalid', field: 'name', message: 'no' }
  return { kind: 'refused', reason: 'rejected', rejection, believable }
}

/** The destination. */
export class ScriptedDestination implements DestinationPort {
  readonly sent: SentRequest[] = []
  /** What was accepted, in order. */
  readonly applied: SentOperation[] = []
  answer: Answer = () => DELIVERED
  /** What it says that a request took, in milliseconds. */
  tookMs = 20
  probe: DestinationPort['probe'] = async () => ({ kind: 'accepted' })
  /** Requests under way, and the most that there were at once. */
  inFlight = 0
  mostInFlight = 0

  async send(request: DestinationRequest): ReturnType<DestinationPort['send']> {
    const operations = request.operations.map((text) => JSON.parse(text) as SentOperation)
    const sent = { operations, request }
    this.sent.push(sent)
    this.inFlight += 1
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight)
    const response = await this.#respond(sent)
    this.inFlight -= 1
    return { response, status: 200, durationMs: this.tookMs }
  }

  /** Ids of the events of each request. */
  get batches(): (string | undefined)[][] {
    return this.sent.map(({ operations }) => operations.map(({ id }) => id))
  }

  async #respond(sent: SentRequest): Promise<ResponseClass> {
    const { guard, signal } = sent.request
    setMaxListeners(0, signal)
    if (!guard()) return { kind: 'lease_over' }
    const response = await unlessAborted(this.answer(sent, this.sent.length - 1), signal)
    if (response.kind === 'delivered') this.applied.push(...sent.operations)
    if (response.kind === 'partly_refused') {
      const refused = new Set(response.rejections.map(({ index }) => index))
      this.applied.push(...sent.operations.filter((_, index) => !refused.has(index)))
    }
    return response
  }
}

/** The answer, or what becomes of a request that is given up. Leaves nothing on the signal, which outlives the request. */
async function unlessAborted(
  answer: ResponseClass | Promise<ResponseClass>,
  signal: AbortSignal,
): Promise<ResponseClass> {
  const aborted: ResponseClass = { kind: 'aborted', unknownOutcome: true }
  if (signal.aborted) return aborted
  return await new Promise((resolve, reject) => {
    const giveUp = (): void => resolve(aborted)
    signal.addEventListener('abort', giveUp)
    Promise.resolve(answer)
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', giveUp))
  })
}
