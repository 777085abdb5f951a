// Requests that fail on the way, against raw servers: what counts is whether the whole body may have left.

import type { Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:https'
import { describe, expect, it } from 'vitest'
import { destinationAt, HUGE, operation, send } from './destinations.ts'
import type { ReceivedRequest } from './servers.ts'
import { accept, listen, receiver, startHttpServer, startRawServer, whenWhole } from './servers.ts'
import { selfSignedCertificate } from './self-signed-certificate.ts'

const OK = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 3\r\n\r\n{}\n'

/** A server that writes `text` once a whole request is there, and leaves the connection open. */
function startWriting(text: string): ReturnType<typeof startRawServer> {
  return startRawServer((socket) => whenWhole(socket, () => socket.write(text)))
}

/** A server that writes `text` as soon as a request begins, and reads no further. */
function startEarly(text: string): ReturnType<typeof startRawServer> {
  return startRawServer((socket) => {
    socket.once('data', () => socket.pause().write(text))
  })
}

/** The head of an answer that is far longer than what follows. */
function head(status: string): string {
  return `HTTP/1.1 ${status}\r\ncontent-length: 1000000\r\n\r\n`
}

describe('a request that never had a connection is no unknown outcome', () => {
  const known = { kind: 'retry', cause: 'connection', unknownOutcome: false }

  it('when the connection is refused', async () => {
    const result = await send(destinationAt('http://127.0.0.1:1'))
    expect(result).toMatchObject({ response: known, bodyLeft: false })
    expect(result).not.toHaveProperty('status')
    expect(result.response).toMatchObject({ detail: expect.stringContaining('ECONNREFUSED') })
  })

  it('when the name does not exist', async () => {
    // A label of 64 characters is refused by the resolver itself, without a question to the network.
    const result = await send(destinationAt(`http://${'a'.repeat(64)}.invalid`))
    expect(result).toMatchObject({ response: known, bodyLeft: false })
  })

  it('when the certificate is not trusted, and no byte of the request is sent', async () => {
    const { key, cert } = selfSignedCertificate()
    const received: ReceivedRequest[] = []
    const server = await listen(createTlsServer({ key, cert }, receiver(received, accept)))
    const url = `https://127.0.0.1:${server.port}`
    const result = await send(destinationAt(url))
    expect(result).toMatchObject({ response: known, bodyLeft: false })
    expect(result.response).toMatchObject({ detail: expect.stringContaining('SELF_SIGNED') })
    expect((await send(destinationAt(url, { ca: cert }))).response.kind).toBe('delivered')
    expect(received).toHaveLength(1)
  })

  it.each([
    ['the connect timeout', { connectTimeoutMs: 50 }, { timeoutMs: 10_000 }],
    ['the deadline', { connectTimeoutMs: 60_000 }, { timeoutMs: 50 }],
  ])('when the TLS handshake is not answered within %s', async (_name, options, batch) => {
    const server = await startRawServer((socket) => socket.resume())
    const result = await send(destinationAt(`https://127.0.0.1:${server.port}`, options), batch)
    expect(result).toMatchObject({ response: { ...known, cause: 'timeout' }, bodyLeft: false })
  })
})

describe('a connection that breaks', () => {
  it('before the whole body was handed over leaves a known outcome', async () => {
    const server = await startRawServer((socket) => {
      socket.once('data', () => socket.resetAndDestroy())
    })
    const result = await send(destinationAt(server.url), { operations: HUGE })
    expect(result).toMatchObject({
      response: { kind: 'retry', cause: 'connection', unknownOutcome: false },
      bodyLeft: false,
    })
  })

  it.each<[string, (socket: Socket) => void]>([
    ['reset', (socket): void => void socket.resetAndDestroy()],
    ['end', (socket): void => void socket.end()],
    ['garbage', (socket): void => void socket.end('SSH-2.0-OpenSSH_9.2\r\n')],
    ['half a status line', (socket): void => void socket.end('HTTP/1.1 20')],
    ['half a head', (socket): void => void socket.end('HTTP/1.1 200 OK\r\ncontent-le')],
    ['half a JSON', (socket): void => void socket.end(OK.slice(0, -2))],
  ])('after the whole body was handed over leaves an unknown outcome: %s', async (_name, end) => {
    const server = await startRawServer((socket) => whenWhole(socket, () => end(socket)))
    const result = await send(destinationAt(server.url))
    expect(result).toMatchObject({
      response: { kind: 'retry', cause: 'connection', unknownOutcome: true },
      bodyLeft: true,
    })
  })

  it('while idle is not used again', async () => {
    const server = await startRawServer((socket) => whenWhole(socket, () => socket.end(OK)))
    const destination = destinationAt(server.url)
    for (let request = 1; request <= 3; request += 1) {
      expect((await send(destination)).response.kind).toBe('delivered')
      await server.closed(request)
    }
  })

  it('when it is used again leaves a known outcome as long as the body had not left', async () => {
    const server = await startRawServer((socket) => {
      whenWhole(socket, () => {
        socket.write(OK)
        socket.removeAllListeners('data')
        socket.once('data', () => socket.resetAndDestroy())
      })
    })
    const destination = destinationAt(server.url, { connections: 1 })
    expect((await send(destination)).response.kind).toBe('delivered')
    const result = await send(destination, { operations: HUGE })
    expect(server.connections).toHaveLength(1)
    expect(result.response).toMatchObject({ kind: 'retry', unknownOutcome: false })
    // And the next one finds a new connection.
    expect((await send(destination)).response.kind).toBe('delivered')
  })

  it('after the status counts by the status where that decides', async () => {
    const answers = [
      ['HTTP/1.1 503 Unavailable\r\nretry-after: 3\r\ncontent-length: 99\r\n\r\n<html>', 503],
      ['HTTP/1.1 404 Not Found\r\ncontent-length: 99\r\n\r\n<html>', 404],
      ['HTTP/1.1 400 Bad Request\r\ncontent-length: 99\r\n\r\n{"errors"', 400],
    ] as const
    const kinds = []
    for (const [text, status] of answers) {
      const server = await startRawServer((socket) => whenWhole(socket, () => socket.end(text)))
      const result = await send(destinationAt(server.url))
      expect(result.status).toBe(status)
      kinds.push(result.response)
    }
    expect(kinds).toEqual([
      {
        kind: 'retry',
        cause: 'server_error',
        unknownOutcome: false,
        retryAfterMs: 3000,
        detail: 'HTTP 503',
      },
      { kind: 'wrong_address', status: 404 },
      { kind: 'refused', reason: 'rejected', rejection: { status: 400 }, believable: false },
    ])
  })
})

describe('an answer that does not end in time', () => {
  const timeout = { kind: 'retry', cause: 'timeout', unknownOutcome: true }

  it('because it never begins is an unknown outcome', async () => {
    const server = await startWriting('')
    const result = await send(destinationAt(server.url), { timeoutMs: 100 })
    expect(result).toMatchObject({ response: timeout, bodyLeft: true })
    expect(result.response).toMatchObject({ detail: 'no whole answer within 100 ms' })
    await server.closed(1)
  })

  it('because it trickles is an unknown outcome', async () => {
    const server = await startRawServer((socket) => {
      whenWhole(socket, () => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n{')
        const drip = setInterval(() => socket.write(' '), 10)
        socket.on('close', () => clearInterval(drip))
      })
    })
    const result = await send(destinationAt(server.url), { timeoutMs: 150 })
    expect(result).toMatchObject({ response: timeout, bodyLeft: true, status: 200 })
    await server.closed(1)
  })

  it('because the server does not read the request is a known outcome', async () => {
    const server = await startRawServer((socket) => socket.pause())
    const result = await send(destinationAt(server.url), { operations: HUGE, timeoutMs: 200 })
    expect(result).toMatchObject({
      response: { kind: 'retry', cause: 'timeout', unknownOutcome: false },
      bodyLeft: false,
    })
  })
})

describe('an answer that does not fit', () => {
  it('because it is too long cannot be read, and its connection is cut', async () => {
    const server = await startWriting(head('200 OK') + 'x'.repeat(2000))
    const result = await send(destinationAt(server.url, { maxResponseBytes: 1000 }), {})
    expect(result.response).toMatchObject({
      kind: 'retry',
      cause: 'unreadable_answer',
      unknownOutcome: true,
    })
    await server.closed(1)
  })

  it('because it is too long still counts by its status', async () => {
    const server = await startWriting(head('502 Bad Gateway') + '<html>'.repeat(500))
    const result = await send(destinationAt(server.url, { maxResponseBytes: 1000 }))
    expect(result.response).toMatchObject({ kind: 'retry', cause: 'server_error' })
  })

  it('because it came before the request was whole delivers nothing, and may refuse', async () => {
    const accepting = await startEarly(OK)
    const accepted = await send(destinationAt(accepting.url), { operations: HUGE })
    expect(accepted).toMatchObject({
      response: { kind: 'retry', cause: 'unreadable_answer', unknownOutcome: false },
      bodyLeft: false,
    })
    const refusing = await startEarly('HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n')
    const refused = await send(destinationAt(refusing.url), { operations: HUGE })
    expect(refused.response).toMatchObject({ kind: 'refused', reason: 'oversize' })
  })
})

describe('a request that is stopped', () => {
  it('before it began makes no connection', async () => {
    const server = await startHttpServer()
    const result = await send(destinationAt(server.url), { signal: AbortSignal.abort() })
    expect(result.response).toEqual({ kind: 'aborted', unknownOutcome: false })
    expect(server.connections).toHaveLength(0)
  })

  it('while it waits for a connection is never sent later', async () => {
    const server = await startHttpServer()
    const stop = new AbortController()
    const destination = destinationAt(server.url, { connections: 1 })
    const first = send(destination)
    const second = send(destination, { signal: stop.signal, operations: [operation(500)] })
    stop.abort()
    expect((await second).response).toEqual({ kind: 'aborted', unknownOutcome: false })
    expect((await first).response.kind).toBe('delivered')
    expect((await send(destination)).response.kind).toBe('delivered')
    expect(server.received.map((request) => request.body.length < 500)).toEqual([true, true])
  })

  it('after its body left is an unknown outcome, and its connection is cut', async () => {
    const stop = new AbortController()
    const server = await startRawServer((socket) => whenWhole(socket, () => stop.abort()))
    const result = await send(destinationAt(server.url), { signal: stop.signal })
    expect(result).toMatchObject({
      response: { kind: 'aborted', unknownOutcome: true },
      bodyLeft: true,
    })
    await server.closed(1)
  })

  it('while its body is on the way is a known outcome', async () => {
    const stop = new AbortController()
    const server = await startRawServer((socket) => {
      socket.once('data', () => {
        socket.pause()
        stop.abort()
      })
    })
    const result = await send(destinationAt(server.url), { operations: HUGE, signal: stop.signal })
    expect(result.response).toEqual({ kind: 'aborted', unknownOutcome: false })
  })
})

describe('close', () => {
  it('ends a connection whose TLS handshake is under way', async () => {
    const server = await startRawServer((socket) => socket.resume())
    const destination = destinationAt(`https://127.0.0.1:${server.port}`, {
      connectTimeoutMs: 600_000,
    })
    const stop = new AbortController()
    const sent = send(destination, { signal: stop.signal, timeoutMs: 600_000 })
    while (server.connections.length === 0) await new Promise(setImmediate)
    stop.abort()
    await sent
    await destination.close()
    await server.closed(1)
    expect(server.connections.at(0)?.closed).toBe(true)
  })
})
