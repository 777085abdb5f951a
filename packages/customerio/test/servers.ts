// Small real servers for the tests of the transport: one that speaks HTTP and keeps what it received whole, one that
// speaks whatever a test wants. Both end with their test, with every connection they had.

import { once } from 'node:events'
import { createServer } from 'node:http'
import type {
  IncomingHttpHeaders,
  IncomingMessage,
  RequestListener,
  ServerResponse,
} from 'node:http'
import type { AddressInfo, Server, Socket } from 'node:net'
import { createServer as createRawServer } from 'node:net'
import { onTestFinished } from 'vitest'

/** A request that arrived whole. */
export interface ReceivedRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A server under test. */
export interface TestServer {
  readonly url: string
  readonly port: number
  /** Connections that were made so far. */
  readonly connections: Socket[]
  /** Resolves once `count` connections were made and all of them are closed. */
  closed(count: number): Promise<void>
}

/** A server that speaks HTTP. */
export interface HttpTestServer extends TestServer {
  readonly received: ReceivedRequest[]
}

/** Answers a request that arrived whole. */
export type Answer = (request: ReceivedRequest, response: ServerResponse) => void

/** Answers `200 {}` as Customer.io does. */
export const accept: Answer = (_request, response) => {
  response.setHeader('content-type', 'application/json; charset=utf-8')
  response.end('{}\n')
}

/** Answers with a status and a body. */
export function answerWith(
  status: number,
  body: string,
  headers: Record<string, string> = {},
): Answer {
  return (_request, response) => {
    response.writeHead(status, headers)
    response.end(body)
  }
}

/** A request listener that reads a request to its end, keeps it and answers. */
export function receiver(received: ReceivedRequest[], answer: Answer): RequestListener {
  return (message, response) => {
    const chunks: Buffer[] = []
    message.on('data', (chunk: Buffer) => chunks.push(chunk))
    message.on('end', () => {
      const request = toReceived(message, Buffer.concat(chunks).toString())
      received.push(request)
      answer(request, response)
    })
  }
}

function toReceived(message: IncomingMessage, body: string): ReceivedRequest {
  return { method: message.method ?? '', path: message.url ?? '', headers: message.headers, body }
}

/** Starts a server that speaks HTTP on loopback. */
export async function startHttpServer(answer: Answer = accept): Promise<HttpTestServer> {
  const received: ReceivedRequest[] = []
  const server = createServer(receiver(received, answer))
  return { ...(await listen(server)), received }
}

/** Starts a server that hands each connection to the test. */
export async function startRawServer(onConnection: (socket: Socket) => void): Promise<TestServer> {
  const server = createRawServer((socket) => {
    // A reset of the peer is what many of these tests are about.
    socket.on('error', () => undefined)
    onConnection(socket)
  })
  return listen(server)
}

/** Listens on loopback until the test is over. */
export async function listen(server: Server): Promise<TestServer> {
  const connections: Socket[] = []
  server.on('connection', (socket) => connections.push(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.close()
    for (const socket of connections) socket.destroy()
    if (server.listening) await once(server, 'close')
  })
  const { port } = server.address() as AddressInfo
  const closed = async (count: number): Promise<void> => {
    while (connections.length < count) await once(server, 'connection')
    await Promise.all(connections.map((socket) => closing(socket)))
  }
  return { url: `http://127.0.0.1:${port}`, port, connections, closed }
}

function closing(socket: Socket): Promise<void> {
  // Not `once`: it rejects when the socket ends with an error, which here is as good an end as any.
  return new Promise((resolve) => {
    if (socket.closed) resolve()
    else socket.on('close', () => resolve())
  })
}

/** Calls `onWhole` once the connection has brought a whole request of known length. */
export function whenWhole(socket: Socket, onWhole: () => void): void {
  let text = ''
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1')
    if (!isWhole(text)) return
    text = ''
    onWhole()
  })
}

function isWhole(text: string): boolean {
  const head = text.indexOf('\r\n\r\n')
  const length = /content-length: ([0-9]+)/i.exec(text)
  return head !== -1 && length !== null && text.length - head - 4 >= Number(length[1])
}
