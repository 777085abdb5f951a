// What the sender gets to see, on the socket: an answer at once, late or byte by byte, half of one, a
// reset, or nothing. Here a request ends for the ledger, always right before the last byte leaves.
// When the sender goes first, the connection's end ends the request and whatever was due is dropped.
import type { ServerResponse } from 'node:http'
import type { Clock } from '../clock.ts'
import type { Delivery } from '../faults/plan-delivery.ts'
import type { Answer } from '../track/answer.ts'

export interface Outlet {
  response: ServerResponse
  clock: Clock
  /** Delay of every answer, ms. */
  latencyMs: number
  /** Notes how the request ended. */
  end: (ending: string) => void
}

export function carryOut(delivery: Delivery, outlet: Outlet): void {
  if (delivery.kind === 'hang') return
  const delayMs = outlet.latencyMs + (delivery.kind === 'send' ? delivery.delayMs : 0)
  if (delayMs === 0) return deliver(delivery, outlet)
  later(delayMs, outlet, () => deliver(delivery, outlet))
}

function deliver(delivery: Exclude<Delivery, { kind: 'hang' }>, outlet: Outlet): void {
  switch (delivery.kind) {
    case 'send':
      if (delivery.trickleMs === null) return sendWhole(delivery.answer, outlet)
      return trickle(delivery.answer, delivery.trickleMs, outlet)
    case 'cut':
      return sendHalf(delivery.answer, outlet)
    case 'reset':
      outlet.end('reset')
      outlet.response.socket?.resetAndDestroy()
  }
}

function sendWhole(answer: Answer, { response, end }: Outlet): void {
  end(String(answer.status))
  response.writeHead(answer.status, headersOf(answer)).end(answer.body)
}

function sendHalf(answer: Answer, { response, end }: Outlet): void {
  end('cut')
  const bytes = Buffer.from(answer.body)
  const half = bytes.subarray(0, bytes.length >> 1)
  response.writeHead(answer.status, headersOf(answer))
  response.write(half, () => response.destroy())
}

function trickle(answer: Answer, trickleMs: number, outlet: Outlet): void {
  const bytes = Buffer.from(answer.body)
  outlet.response.writeHead(answer.status, headersOf(answer)).flushHeaders()
  const step = (sent: number): void => {
    if (sent >= bytes.length - 1) {
      outlet.end(String(answer.status))
      outlet.response.end(bytes.subarray(sent))
      return
    }
    outlet.response.write(bytes.subarray(sent, sent + 1))
    later(trickleMs, outlet, () => step(sent + 1))
  }
  later(trickleMs, outlet, () => step(0))
}

function later(delayMs: number, { clock, response }: Outlet, run: () => void): void {
  const cancel = clock.after(delayMs, () => {
    response.off('close', cancel)
    run()
  })
  response.once('close', cancel)
}

/** The length is named, so that half a body is recognized as half. 204 has no body to measure. */
function headersOf({ status, headers, body }: Answer): Record<string, string | number> {
  if (status === 204 || status === 304) return headers
  return { ...headers, 'content-length': Buffer.byteLength(body) }
}
