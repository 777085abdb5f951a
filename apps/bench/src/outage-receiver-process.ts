// A destination that is out, and comes back when it is told to, as a process of its own. It answers 503 until
// `POST /end-of-outage`, then 200 after 20 ms, and looks at what comes: whether a customer's events come in the order of
// their numbers, whether one comes twice, and how many requests any second had. `GET /facts` tells. Prints its port.

import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

const LATENCY_MS = 20

interface Operation {
  readonly id: string
  readonly identifiers: { readonly id: string }
  readonly attributes: { readonly product_id: string }
}

let isOut = true
let [refused, events, repeated, inversions, mostPerSecond] = [0, 0, 0, 0, 0]
const seen = new Set<string>()
/** Greatest number so far by customer. */
const newest = new Map<string, number>()
/** Times of the accepted requests of the last second, in milliseconds. */
const lastSecond: number[] = []

const server = createServer((request, response) => void answer(request, response))
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`port ${(server.address() as AddressInfo).port}\n`)
})

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  const { url = '' } = request
  if (url === '/end-of-outage') {
    isOut = false
    send(response, 200, '{}')
  } else if (url === '/facts') {
    send(response, 200, JSON.stringify({ refused, events, repeated, inversions, mostPerSecond }))
  } else if (isOut) {
    refused += 1
    send(response, 503, '')
  } else {
    if (url.endsWith('/batch')) look(JSON.parse(Buffer.concat(parts).toString()) as Batch)
    setTimeout(() => send(response, 200, '{}\n'), LATENCY_MS)
  }
}

interface Batch {
  readonly batch: readonly Operation[]
}

function look({ batch }: Batch): void {
  const nowMs = performance.now()
  lastSecond.push(nowMs)
  while (lastSecond[0]! <= nowMs - 1000) lastSecond.shift()
  mostPerSecond = Math.max(mostPerSecond, lastSecond.length)
  for (const { id, identifiers, attributes } of batch) {
    events += 1
    if (seen.has(id)) {
      repeated += 1
      continue
    }
    seen.add(id)
    const number = Number(attributes.product_id)
    if (number < (newest.get(identifiers.id) ?? -1)) inversions += 1
    else newest.set(identifiers.id, number)
  }
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
  response.end(body)
}
