// One request and its answer over one connection. Enters: a request, its chunks, the guard of the lease, a deadline.
// Leaves, exactly once, one of four ends: answered, broken off (with what was known by then), lease over, aborted.
// The deadline covers everything: waiting for a connection, DNS, TLS, sending, and an answer that trickles.
//
// States: waiting (for a connection) → running (undici writes and reads) → over. Over is entered by whatever comes
// first: the answer's end, an error, the deadline, the caller's signal. What comes later is ignored; a request that is over
// before a connection was there is refused by `onRequestStart`, so it can never be sent late.

import type { Dispatcher } from 'undici'
import type { Clock } from './clock.ts'
import type { DestinationResponse } from './destination-response.ts'
import type { Failure } from './failure.ts'
import { failureOf } from './failure.ts'
import { GuardedBody } from './guarded-body.ts'

/** A request. */
export interface ExchangeRequest {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** The body; null for none. */
  readonly chunks: readonly Buffer[] | null
  /** True while the lease is valid. */
  readonly guard: () => boolean
  /** For everything, in milliseconds. */
  readonly timeoutMs: number
  /** A longer answer counts as one that could not be read. */
  readonly maxResponseBytes: number
  readonly signal?: AbortSignal | undefined
  readonly clock: Clock
}

/** How it ended. `bodyLeft`: all of the request's body was handed to the socket. */
export type Exchange =
  | ({ readonly kind: 'answered' } & Answer)
  | ({ readonly kind: 'broken'; readonly failure: Failure } & Answer)
  | { readonly kind: 'lease_over'; readonly bodyLeft: false }
  | { readonly kind: 'aborted'; readonly bodyLeft: boolean }

/** What is known of an answer. `status` is 0 when none began. */
type Answer = Pick<DestinationResponse, 'status' | 'headers' | 'body' | 'bodyLeft'>

/** Sends the request. Never rejects. */
export function exchange(dispatcher: Dispatcher, request: ExchangeRequest): Promise<Exchange> {
  if (request.signal?.aborted === true) {
    return Promise.resolve({ kind: 'aborted', bodyLeft: false })
  }
  if (!request.guard()) return Promise.resolve({ kind: 'lease_over', bodyLeft: false })
  return new Promise((resolve) => {
    new ExchangeHandler(request, resolve).start(dispatcher)
  })
}

/** Also takes a byte order mark away. Without `stream` it keeps no state. */
const UTF8 = new TextDecoder()

class ExchangeHandler implements Dispatcher.DispatchHandler {
  readonly #request: ExchangeRequest
  readonly #body: GuardedBody | null
  readonly #cancelDeadline: () => void
  /** Null once over. */
  #resolve: ((exchange: Exchange) => void) | null
  /** Set when undici begins to write. */
  #controller: Dispatcher.DispatchController | null = null
  /** 0 until the answer's headers are there. */
  #status = 0
  #headers: DestinationResponse['headers'] = {}
  readonly #received: Buffer[] = []
  #receivedBytes = 0

  constructor(request: ExchangeRequest, resolve: (exchange: Exchange) => void) {
    this.#request = request
    this.#resolve = resolve
    this.#body = request.chunks === null ? null : new GuardedBody(request.chunks, request.guard)
    this.#cancelDeadline = request.clock.after(request.timeoutMs, this.#onDeadline)
    request.signal?.addEventListener('abort', this.#onAbort, { once: true })
  }

  start(dispatcher: Dispatcher): void {
    const { method, path, headers, timeoutMs } = this.#request
    const timeouts = { headersTimeout: timeoutMs, bodyTimeout: timeoutMs }
    dispatcher.dispatch(
      { method, path, headers: { ...headers }, body: this.#body, ...timeouts },
      this,
    )
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#resolve === null) controller.abort(new Error('the request is already over'))
    else this.#controller = controller
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: DestinationResponse['headers'],
  ): void {
    if (status < 200) return
    this.#status = status
    this.#headers = headers
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#receivedBytes += chunk.length
    if (this.#receivedBytes <= this.#request.maxResponseBytes) this.#received.push(chunk)
    else this.#stop({ kind: 'answered', ...this.#answer(null) })
  }

  onResponseEnd(): void {
    const text = UTF8.decode(Buffer.concat(this.#received))
    this.#end({ kind: 'answered', ...this.#answer(text) })
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#body?.leaseOver === true) this.#end({ kind: 'lease_over', bodyLeft: false })
    else this.#end({ kind: 'broken', failure: failureOf(error), ...this.#answer(null) })
  }

  readonly #onDeadline = (): void => {
    const detail = 'no whole answer in time'
    this.#stop({ kind: 'broken', failure: { cause: 'timeout', detail }, ...this.#answer(null) })
  }

  readonly #onAbort = (): void => {
    this.#stop({ kind: 'aborted', bodyLeft: this.#bodyLeft() })
  }

  /** Ends the exchange and cuts the connection that carries it. */
  #stop(end: Exchange): void {
    this.#end(end)
    if (this.#controller === null) this.#body?.destroy()
    else this.#controller.abort(new Error('the request was stopped'))
  }

  #end(end: Exchange): void {
    this.#cancelDeadline()
    this.#request.signal?.removeEventListener('abort', this.#onAbort)
    this.#resolve?.(end)
    this.#resolve = null
  }

  #answer(body: string | null): Answer {
    return { status: this.#status, headers: this.#headers, body, bodyLeft: this.#bodyLeft() }
  }

  #bodyLeft(): boolean {
    return this.#body?.left ?? true
  }
}
