// One client's connection through the proxy: two sockets, and what stands between them. The client's bytes pass three
// points in this order: hold, cut, latency. Bytes of both directions keep their order always.
//
// Cutting waits for the request's first bytes of reply, then closes the writing side towards the target and reads on
// until the target closes: a Redis carries out everything that it was sent before it sees the end, so when a cut is
// done, the request and all that was pipelined before it have been carried out. The client sees a reset.
import type { Socket } from 'node:net'

import { DelayLine } from './delay-line.ts'
import type { ActiveHold, ArmedCut, ProxyFaults } from './proxy-faults.ts'

export class ProxyLink {
  /** Resolves when both sockets are closed. */
  readonly closed: Promise<void>
  readonly #client: Socket
  readonly #upstream: Socket
  readonly #upstreamClosed: Promise<void>
  readonly #faults: ProxyFaults
  readonly #up: DelayLine
  readonly #down: DelayLine
  /** The cut that the connection has met; written by `#forward` alone. */
  #cut: ArmedCut | undefined
  /** The reply has come (or is not waited for): replies are dropped from here on. Written by `#finishCut` alone. */
  #finishing = false
  /** The hold that has caught this connection, and the bytes; written by `#request` and `#flush`. */
  #hold: ActiveHold | undefined
  #held: Buffer[] = []
  /** What was held has been sent and is not answered yet; written by `#flush` alone. */
  #flushing = false
  /** The client writes no more; written by `#clientEnded` alone. */
  #ended = false

  constructor(client: Socket, upstream: Socket, faults: ProxyFaults) {
    this.#client = client
    this.#upstream = upstream
    this.#faults = faults
    this.#up = new DelayLine(client, upstream)
    this.#down = new DelayLine(upstream, client)
    this.#upstreamClosed = closeOf(upstream)
    this.closed = this.#watchClose(closeOf(client))
    client.on('data', (bytes) => this.#request(bytes))
    client.on('end', () => this.#clientEnded())
    client.on('close', () => this.#clientEnded())
    upstream.on('data', (bytes) => this.#reply(bytes))
    upstream.on('end', () => this.#upstreamEnded())
    upstream.on('close', () => void this.#upstreamGone())
  }

  /** Cuts it now; resolves when both sides are closed. Bytes that are held or under way are lost. */
  async cut(): Promise<void> {
    this.#held = []
    reset(this.#client)
    this.#upstream.destroy()
    await this.closed
  }

  async #watchClose(clientClosed: Promise<void>): Promise<void> {
    await Promise.all([clientClosed, this.#upstreamClosed])
    this.#cut?.done()
  }

  #request(bytes: Buffer): void {
    if (this.#hold) return void this.#held.push(bytes)
    this.#hold = this.#faults.findHold(bytes)
    if (!this.#hold) return this.#forward(bytes)
    this.#held.push(bytes)
    this.#hold.catch(() => this.#flush())
  }

  /** An end that is waiting goes only after a reply: an HTTP server drops the request of a client that has closed. */
  async #flush(): Promise<void> {
    this.#hold = undefined
    this.#flushing = true
    const replied = new Promise<void>((resolve) => this.#upstream.once('data', () => resolve()))
    for (const bytes of this.#held.splice(0)) this.#request(bytes)
    await Promise.race([replied, this.#upstreamClosed])
    this.#flushing = false
    if (!this.#ended) return
    this.#clientEnded()
    await this.#upstreamClosed
  }

  #forward(bytes: Buffer): void {
    this.#cut ??= this.#faults.takeCut(bytes)
    if (this.#cut?.point === 'before-request') return void this.#finishCut(this.#cut)
    const isWithin = this.#cut?.point === 'within-request'
    this.#up.push(isWithin ? bytes.subarray(0, bytes.length >> 1) : bytes, this.#faults.delayMs)
    if (this.#cut !== undefined && isWithin) void this.#finishCut(this.#cut)
  }

  #reply(bytes: Buffer): void {
    if (this.#finishing) return
    if (this.#cut?.point !== 'after-request') this.#down.push(bytes, this.#faults.delayMs)
    if (this.#cut) void this.#finishCut(this.#cut)
  }

  async #finishCut({ point }: ArmedCut): Promise<void> {
    if (this.#finishing) return
    this.#finishing = true
    this.#up.end()
    await this.#upstreamClosed
    await this.#down.flushed
    if (point === 'after-reply') this.#client.destroySoon()
    else reset(this.#client)
  }

  #clientEnded(): void {
    this.#ended = true
    if (!this.#hold && !this.#flushing) this.#up.end()
  }

  /** The target writes no more. During a cut `#finishCut` tells the client. */
  #upstreamEnded(): void {
    if (!this.#finishing) this.#down.end()
  }

  async #upstreamGone(): Promise<void> {
    await this.#down.flushed
    if (!this.#finishing) this.#client.destroySoon()
  }
}

function closeOf(socket: Socket): Promise<void> {
  socket.on('error', () => undefined) // A broken connection is what this proxy is for; `close` follows.
  return new Promise((resolve) => socket.once('close', () => resolve()))
}

/** TCP can say that a connection was broken off; a unix socket, and one that we have ended already, can only close. */
function reset(socket: Socket): void {
  if (socket.remoteAddress === undefined || socket.writableEnded) socket.destroy()
  else socket.resetAndDestroy()
}
