// The lease ends while a request is on its way out: the destination must never have the whole of it. Where the event
// loop is blocked, it is blocked until the clock says that the lease is over.

import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { createServer as createTlsServer } from 'node:https'
import type { Socket } from 'node:net'
import { selfSignedCertificate } from '@retention-relay/testkit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { CHUNK_BYTES } from '../src/guarded-body.ts'
import { destinationAt, HUGE, operation, send } from './destinations.ts'
import type { ReceivedRequest } from './servers.ts'
import { accept, listen, receiver, startHttpServer, startRawServer } from './servers.ts'

/** A lease that ends 20 ms after `block` is called, and `block` keeps this thread busy until then. */
function shortLease(): { guard: () => boolean; block: () => void } {
  let endMs = Number.POSITIVE_INFINITY
  const guard = (): boolean => performance.now() < endMs
  const cell = new Int32Array(new SharedArrayBuffer(4))
  const block = (): void => {
    endMs = performance.now() + 20
    while (guard()) Atomics.wait(cell, 0, 0, 5)
  }
  return { guard, block }
}

/** Calls `action` right after undici has a connection and before it writes. */
function afterConnect(action: () => void): void {
  subscribe('undici:client:connected', action)
  onTestFinished(() => void unsubscribe('undici:client:connected', action))
}

/** The next connection of this process that undici makes. */
function nextConnection(): Promise<Socket> {
  return new Promise((resolve) => {
    const listener = (message: unknown): void => resolve((message as { socket: Socket }).socket)
    subscribe('undici:client:connected', listener)
    onTestFinished(() => void unsubscribe('undici:client:connected', listener))
  })
}

/** More than the headers of a request take. */
const HEADER_BYTES = 1000

describe('a lease that is over', () => {
  it('before the request makes no connection', async () => {
    const server = await startHttpServer()
    const result = await send(destinationAt(server.url), { guard: () => false })
    expect(result).toMatchObject({ response: { kind: 'lease_over' }, bodyLeft: false })
    expect(server.connections).toHaveLength(0)
  })

  it.each([100, 100_000])(
    'after the event loop was blocked between connection and body sends nothing of %i bytes',
    async (bytes) => {
      const { guard, block } = shortLease()
      const server = await startHttpServer()
      afterConnect(block)
      const result = await send(destinationAt(server.url), {
        operations: [operation(bytes)],
        guard,
      })
      expect(result).toMatchObject({ response: { kind: 'lease_over' }, bodyLeft: false })
      await server.closed(1)
      expect(server.received).toEqual([])
      expect(server.connections.at(0)?.bytesRead).toBe(0)
    },
  )

  it('after the event loop was blocked in the TLS handshake sends nothing', async () => {
    const { guard, block } = shortLease()
    const { key, cert } = selfSignedCertificate()
    const received: ReceivedRequest[] = []
    const tls = createTlsServer({ key, cert }, receiver(received, accept))
    const server = await listen(tls)
    // The server has the connection and has not begun to speak TLS.
    tls.on('connection', block)
    const destination = destinationAt(`https://127.0.0.1:${server.port}`, { ca: cert })
    const result = await send(destination, { guard })
    expect(result).toMatchObject({ response: { kind: 'lease_over' }, bodyLeft: false })
    await server.closed(1)
    expect(received).toEqual([])
  })

  it('before the last chunk leaves the request incomplete', async () => {
    const server = await startHttpServer()
    const chunks = Math.ceil(100_000 / 16_384)
    let asked = 0
    // Once before the connection, then once for each chunk.
    const guard = (): boolean => (asked += 1) <= chunks
    const operations = [operation(100_000)]
    const result = await send(destinationAt(server.url), { operations, guard })
    expect(result).toMatchObject({ response: { kind: 'lease_over' }, bodyLeft: false })
    expect(asked).toBe(chunks + 1)
    await server.closed(1)
    expect(server.received).toEqual([])
    expect(server.connections.at(0)?.bytesRead).toBeGreaterThan(0)
  })

  it('while the server does not read leaves at most one chunk behind in memory', async () => {
    let valid = true
    let asked = 0
    const guard = (): boolean => valid && (asked += 1) > 0
    const server = await startRawServer((socket) => socket.pause())
    const connected = nextConnection()
    const sent = send(destinationAt(server.url), { operations: HUGE, guard })
    const client = await connected
    while (client.writableLength === 0) await new Promise(setImmediate)
    const handedOver = asked * CHUNK_BYTES
    valid = false
    expect(client.writableLength).toBeLessThan(CHUNK_BYTES + HEADER_BYTES)
    for (const socket of server.connections) socket.resume()
    expect(await sent).toMatchObject({ response: { kind: 'lease_over' }, bodyLeft: false })
    await server.closed(1)
    expect(server.connections.at(0)?.bytesRead).toBeLessThan(handedOver + HEADER_BYTES)
  })
})
