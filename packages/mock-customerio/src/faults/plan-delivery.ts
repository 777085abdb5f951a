// From a fault to what the sender gets to see. `serve` is the ordinary treatment of the request:
// authentication, checks, application. A fault calls it or not, before its own misbehaviour, and so
// decides whether the operations took effect. Out comes a delivery, which the HTTP side carries out.
import {
  emptyAnswer,
  errorsAnswer,
  htmlAnswer,
  jsonAnswer,
  metaError,
  type Answer,
  type IndexedError,
} from '../track/answer.ts'
import type { ItemError } from '../track/operation.ts'
import type { AnswerFault, Fault, ItemErrorsFault } from './fault.ts'

export type Delivery =
  | { kind: 'send'; answer: Answer; delayMs: number; trickleMs: number | null }
  | { kind: 'hang' }
  | { kind: 'reset' }
  | { kind: 'cut'; answer: Answer }

/** Items of a batch to refuse whatever they hold, by index. */
export type Refusals = ReadonlyMap<number, ItemError>

export interface Request {
  /** Path and query as they came. */
  url: string
  serve: (refusals?: Refusals) => Answer
  /** Wall clock, ms. */
  nowMs: number
}

export function planDelivery(fault: Fault, request: Request): Delivery {
  switch (fault.kind) {
    case 'slow':
      return send(request.serve(), fault.delayMs, fault.trickleMs)
    case 'hang':
      return serveIf(fault.apply, request, { kind: 'hang' })
    case 'reset-before':
      return { kind: 'reset' }
    case 'reset-after':
      return serveIf(true, request, { kind: 'reset' })
    case 'cut':
      return { kind: 'cut', answer: request.serve() }
    case 'answer':
      return serveIf(fault.apply, request, send(freeAnswer(fault, request.nowMs)))
    case 'redirect':
      return send(redirect(fault.status ?? 307, fault.to, request.url))
    case 'html':
      return serveIf(fault.apply, request, send(htmlAnswer(fault.status ?? 200, 'Sign in')))
    case 'half-json':
      return serveIf(fault.apply, request, send(halfJson(fault.status ?? 200)))
    case 'item-errors':
      return send(itemErrors(fault, request))
  }
}

/** An ordinary delivery of an answer. */
export function send(answer: Answer, delayMs = 0, trickleMs: number | null = null): Delivery {
  return { kind: 'send', answer, delayMs, trickleMs }
}

function serveIf(apply: boolean | undefined, request: Request, delivery: Delivery): Delivery {
  if (apply === true) request.serve()
  return delivery
}

function freeAnswer(fault: AnswerFault, nowMs: number): Answer {
  const usual = usualAnswer(fault.status)
  const headers = { ...usual.headers }
  if (fault.contentType !== undefined) headers['content-type'] = fault.contentType
  if (fault.retryAfter !== undefined) headers['retry-after'] = String(fault.retryAfter)
  if (fault.retryAfterDateMs !== undefined) {
    headers['retry-after'] = new Date(nowMs + fault.retryAfterDateMs).toUTCString()
  }
  return { status: fault.status, headers, body: fault.body ?? usual.body }
}

function usualAnswer(status: number): Answer {
  if (status === 401) return metaError(401, 'Unauthorized request')
  if (status === 502) return htmlAnswer(502, '502 Server Error')
  if (status === 204 || status === 429 || status === 503) return emptyAnswer(status)
  if (status < 300) return jsonAnswer(status, {})
  return metaError(status, `planted status ${status}`)
}

function redirect(status: number, origin: string, url: string): Answer {
  return { status, headers: { location: new URL(url, origin).href }, body: '' }
}

function halfJson(status: number): Answer {
  const { headers } = jsonAnswer(status, {})
  return { status, headers, body: '{"errors":[{"batch_index":0,"reas' }
}

function itemErrors(fault: ItemErrorsFault, request: Request): Answer {
  const error = {
    reason: fault.error?.reason ?? 'invalid',
    field: fault.error?.field ?? 'attributes',
    message: fault.error?.message ?? 'refused by a planted fault',
  }
  const numbers = fault.indexes.filter((index) => typeof index === 'number')
  const refusals = new Map((fault.refuse ?? numbers).map((index) => [index, error]))
  const served = request.serve(refusals)
  const planted = fault.indexes.map((index): IndexedError => {
    return index === null ? error : { batch_index: index, ...error }
  })
  return errorsAnswer(fault.status ?? 207, [...planted, ...othersOf(served, refusals)])
}

/** Errors that the batch deserved anyway: leaving them out would report a refused item as applied. */
function othersOf({ errors }: Answer, refusals: Refusals): IndexedError[] {
  return (errors ?? []).filter(({ batch_index: index }) => {
    return typeof index === 'number' && !refusals.has(index)
  })
}
