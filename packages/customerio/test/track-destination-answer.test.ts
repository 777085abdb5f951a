// Answers that come too late, too long or too early, against raw servers.

import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { describe, expect, it, onTestFinished } from 'vitest'
import { destinationAt, HUGE, send } from './destinations.ts'
import { FakeClock } from './fake-clock.ts'
import { startRawServer, whenWhole } from './servers.ts'

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

/** Calls `action` when undici has received a part of an answer's body. */
function whenReceived(action: () => void): void {
  const channel = 'undici:request:bodyChunkReceived'
  subscribe(channel, action)
  onTestFinished(() => void unsubscribe(channel, action))
}

/** The head of an answer that is far longer than what follows. */
function head(status: string): string {
  return `HTTP/1.1 ${status}\r\ncontent-length: 1000000\r\n\r\n`
}

describe('an answer that does not end in time', () => {
  const timeout = { kind: 'retry', cause: 'timeout', unknownOutcome: true }

  it('because it never begins is an unknown outcome', async () => {
    const clock = new FakeClock()
    const server = await startRawServer((socket) => whenWhole(socket, () => clock.ring()))
    const result = await send(destinationAt(server.url, { clock }), { timeoutMs: 7000 })
    expect(clock.delaysMs).toEqual([7000])
    expect(result).toMatchObject({ response: timeout, bodyLeft: true })
    expect(result.response).toMatchObject({ detail: 'no whole answer in time' })
    await server.closed(1)
  })

  it('because it trickles is an unknown outcome', async () => {
    const clock = new FakeClock()
    const server = await startWriting('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{')
    // A part of the body has arrived, and the connection stays open.
    whenReceived(() => clock.ring())
    const result = await send(destinationAt(server.url, { clock }))
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
