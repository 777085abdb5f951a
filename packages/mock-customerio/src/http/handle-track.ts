// One request to the Track API, from its headers to its end:
// read the body → parse → a fault or the ordinary treatment → answer.
// Whatever is applied is applied in one step, synchronously, when the complete body is there: the
// order of arrival is the order of application, however late the answers leave.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Clock } from '../clock.ts'
import type { ActiveFaults } from '../faults/active-faults.ts'
import { planDelivery, send, type Delivery, type Refusals } from '../faults/plan-delivery.ts'
import type { Exchange } from '../ledger/requests.ts'
import { BATCH_BODY_BYTES, OPERATION_BYTES, V1_BODY_BYTES } from '../limits.ts'
import type { MockSettings } from '../settings.ts'
import type { MockState } from '../state.ts'
import { tooLarge } from '../track/answer.ts'
import type { Call } from '../track/call.ts'
import { carryOut, type Outlet } from './carry-out.ts'
import { itemsOf } from './items-of.ts'
import { hasEvent } from './has-event.ts'
import { parseBody, readBody } from './read-body.ts'
import { serve } from './serve.ts'

export interface TrackContext {
  clock: Clock
  faults: ActiveFaults
  settings: MockSettings
  /** The state now; a request keeps the one that it found. */
  state: () => MockState
  /** Something was counted. */
  changed: () => void
}

export async function handleTrack(
  context: TrackContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const state = context.state()
  const exchange = open(context, state, request)
  const outlet = outletFor(context, state, exchange, response)
  response.once('close', () => outlet.end(request.complete ? 'left' : 'aborted'))
  context.changed()
  const path = pathOf(request)
  const limitBytes = bodyLimit(path)
  const body = await readBody(request, limitBytes)
  if (body.kind === 'aborted') return
  if (body.kind === 'too-large') return carryOut(send(tooLarge(limitBytes)), outlet)
  exchange.receivedAtMs = context.clock.now()
  const call = callFrom(request, path, body.bytes, exchange)
  const delivery = decide(context, state, call, request)
  state.receipts?.unapplied(exchange, itemsOf(call))
  context.changed()
  carryOut(delivery, outlet)
}

function open({ clock }: TrackContext, state: MockState, request: IncomingMessage): Exchange {
  const { socket, headers } = request
  return state.requests.open(clock.now(), { host: headers.host, isGone: () => isGone(socket) })
}

/** A sender that closes its side while it waits for an answer has given up on it. */
function isGone(socket: Socket): boolean {
  return socket.destroyed || socket.readableEnded
}

function outletFor(
  { clock, settings, changed }: TrackContext,
  state: MockState,
  exchange: Exchange,
  response: ServerResponse,
): Outlet {
  const end = (ending: string): void => {
    state.requests.end(exchange, ending, clock.now())
    changed()
  }
  return { response, clock, latencyMs: settings.latencyMs, end }
}

function callFrom(request: IncomingMessage, path: string, bytes: Buffer, exchange: Exchange): Call {
  const method = request.method ?? ''
  return {
    method,
    path,
    body: parseBody(bytes),
    bodyBytes: bytes.length,
    exchange,
    refusals: undefined,
  }
}

function decide(
  { clock, faults, settings }: TrackContext,
  state: MockState,
  call: Call,
  request: IncomingMessage,
): Delivery {
  const nowMs = clock.now()
  const parts = { state, settings, authorization: request.headers.authorization, nowMs }
  const fault = faults.take({
    method: call.method,
    path: call.path,
    hasEvent: (name) => hasEvent(call, name),
  })
  if (fault === null) return send(serve(call, parts))
  const serveCall = (refusals?: Refusals) => serve({ ...call, refusals }, parts)
  return planDelivery(fault, { url: request.url ?? '/', serve: serveCall, nowMs })
}

function pathOf({ url = '/' }: IncomingMessage): string {
  const query = url.indexOf('?')
  return query < 0 ? url : url.slice(0, query)
}

function bodyLimit(path: string): number {
  if (path === '/api/v2/batch') return BATCH_BODY_BYTES
  return path === '/api/v2/entity' ? OPERATION_BYTES : V1_BODY_BYTES
}
