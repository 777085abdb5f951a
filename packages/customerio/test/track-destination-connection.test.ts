// Requests that fail on the way, against raw servers: what counts is whether the whole body may have left.

import { createServer as createTlsServer } from 'node:https'
import type { Socket } from 'node:net'
import { selfSignedCertificate } from '@retention-relay/testkit'
import { describe, expect, it } from 'vitest'
import { destinationAt, HUGE, send } from './destinations.ts'
import type { ReceivedRequest } from './servers.ts'
import { accept, listen, receiver, startRawServer, whenWhole } from './servers.ts'

const OK = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 3\r\n\r\n{}\n'

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
