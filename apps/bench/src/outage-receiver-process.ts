// A destination that is out, and comes back when it is told to, as a process of its own. It answers 503 until
// `POST /end-of-outage`, then 200 after 20 ms, and counts what comes (outage-facts.ts). `GET /facts` tells. Prints its port.

import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import { OutageCounts } from './outage-facts.ts'
import type { SeenOperation } from './outage-facts.ts'

const LATENCY_MS = 20

/** When the outage ended, on the monotonic clock; undefined while it lasts. */
let endedMs: number | undefined
const counts = new OutageCounts()

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
    endedMs = performance.now()
    send(response, 200, '{}')
  } else if (url === '/facts') {
    send(response, 200, JSON.stringify(counts.facts()))
  } else if (endedMs === undefined) {
    counts.refused += 1
    send(response, 503, '')
  } else {
    const body = Buffer.concat(parts).toString()
    if (url.endsWith('/batch')) look(JSON.parse(body) as Batch, performance.now() - endedMs)
    setTimeout(() => send(response, 200, '{}\n'), LATENCY_MS)
  }
}

interface Batch {
  readonly batch: readonly SeenOperation[]
}

function look({ batch }: Batch, sinceMs: number): void {
  counts.request(sinceMs)
  for (const operation of batch) counts.event(operation, Date.now())
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
  response.end(body)
}
