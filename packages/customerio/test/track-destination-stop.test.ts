// Requests that their caller stops, and a destination that is closed.

import { describe, expect, it } from 'vitest'
import { destinationAt, HUGE, operation, send } from './destinations.ts'
import { accept, startHttpServer, startRawServer, whenWhole } from './servers.ts'

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
  it('waits for the request in flight, ends the connections, and refuses later requests', async () => {
    const server = await startHttpServer((request, response) => {
      // Answers only once `close` has been called.
      closing = destination.close().then(() => expect(sent).toBe(true))
      accept(request, response)
    })
    let closing: Promise<void> | undefined
    let sent = false
    const destination = destinationAt(server.url)
    const result = await send(destination).finally(() => (sent = true))
    expect(result.response.kind).toBe('delivered')
    await closing
    await server.closed(1)
    await expect(send(destination)).rejects.toThrow('closed')
    await expect(destination.probe()).rejects.toThrow('closed')
  })

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
