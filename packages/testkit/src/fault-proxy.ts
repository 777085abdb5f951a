// A proxy between a client and a Redis (or an HTTP server), over TCP or a unix socket, that goes wrong on demand: it
// cuts connections at an exact point of the exchange, holds bytes back and lets them go later, and adds latency.
// Every fault is a promise that resolves when it has taken place and its effect on the target is complete, so that a
// test continues from a known state and never from a guess about time. It parses no protocol: a request is what the
// client wrote, a reply is the first bytes that come back after it.
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { NetConnectOpts, Server, Socket } from 'node:net'

import { ProxyFaults } from './proxy-faults.ts'
import type { Cut, Hold, Match } from './proxy-faults.ts'
import { ProxyLink } from './proxy-link.ts'
import type { TestEnd } from './test-end.ts'

/** A socket's path, or a port on the loopback (or on `host`). A `TestRedis` is one. */
export interface ProxyAddress {
  socketPath?: string
  port?: number
  host?: string
}

export interface FaultProxyOptions {
  /** Default: a free port on 127.0.0.1. */
  listen?: ProxyAddress
  target: ProxyAddress
  onEnd?: TestEnd
}

export interface FaultProxy {
  readonly socketPath?: string
  /** The loopback port, unless it listens on a socket's path. */
  readonly port?: number
  /** Address for a client: `redis://127.0.0.1:port` (`scheme` default `redis`), or `unix:///path`. */
  url: (scheme?: string) => string
  /** Connections accepted since the start. */
  readonly accepted: number
  /** Connections open now. */
  readonly open: number
  /** Cuts every open connection at once, in the middle of whatever happens; resolves with how many, when all are gone. */
  cutAll: () => Promise<number>
  /**
   * Waits for the next request (that contains `match`, on any connection) and cuts that connection:
   * `before: 'request'`: the target never sees it. `within: 'request'`: it sees the first half of it.
   * `after: 'request'`: the target has carried it out, the reply is lost. `after: 'reply'`: the client has the reply. Resolves when the connection is gone and the target has read
   * all it was sent; rejects if the proxy is closed before. Several at once are served in the order of the calls.
   */
  cut: (point: Cut) => Promise<void>
  /** Gives up the cuts that no request has met; their promises reject. */
  disarm: () => void
  /**
   * From now on the requests (or from the first that contains `match`, on its connection) go nowhere: the client's
   * connection stays open and silent. They reach the target at `release`, even if the client has gone by then.
   */
  hold: (match?: Match) => Hold
  /** Releases every hold. */
  release: () => Promise<void>
  /** Adds so many ms in each direction to what arrives from now on; 0 switches it off. */
  delay: (ms: number) => void
  /** Cuts everything and stops listening. Safe to call twice. */
  stop: () => Promise<void>
}

/** Resolves when it listens. A target that cannot be reached shows to the client as a cut connection. */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const { listen = {}, target, onEnd } = options
  const server = createServer({ allowHalfOpen: true, noDelay: true })
  server.listen(toNet(listen))
  await once(server, 'listening')
  const proxy = new RunningProxy(server, target)
  onEnd?.(() => proxy.stop())
  return proxy
}

function toNet({ socketPath, port = 0, host = '127.0.0.1' }: ProxyAddress): NetConnectOpts {
  return socketPath ? { path: socketPath } : { host, port }
}

class RunningProxy implements FaultProxy {
  readonly socketPath?: string
  readonly port?: number
  /** Written by `#accept` alone. */
  accepted = 0
  readonly #server: Server
  readonly #target: ProxyAddress
  readonly #faults = new ProxyFaults()
  readonly #links = new Set<ProxyLink>()

  constructor(server: Server, target: ProxyAddress) {
    const address = server.address()
    if (typeof address === 'string') this.socketPath = address
    else if (address) this.port = address.port
    this.#server = server
    this.#target = target
    server.on('connection', (client) => this.#accept(client))
  }

  get open(): number {
    return this.#links.size
  }

  url(scheme = 'redis'): string {
    return this.socketPath ? `unix://${this.socketPath}` : `${scheme}://127.0.0.1:${this.port}`
  }

  async cutAll(): Promise<number> {
    const links = [...this.#links]
    await Promise.all(links.map((link) => link.cut()))
    return links.length
  }

  cut(point: Cut): Promise<void> {
    return this.#faults.armCut(point)
  }

  disarm(): void {
    this.#faults.disarm('the cut was given up before a request met it')
  }

  hold(match?: Match): Hold {
    return this.#faults.hold(match)
  }

  release(): Promise<void> {
    return this.#faults.releaseAll()
  }

  delay(ms: number): void {
    this.#faults.delayMs = ms
  }

  async stop(): Promise<void> {
    this.#faults.abandon()
    const closed = this.#server.listening ? once(this.#server, 'close') : undefined
    this.#server.close()
    await this.cutAll()
    await closed
  }

  #accept(client: Socket): void {
    this.accepted += 1
    const upstream = connect({ ...toNet(this.#target), allowHalfOpen: true, noDelay: true })
    const link = new ProxyLink(client, upstream, this.#faults)
    this.#links.add(link)
    void link.closed.then(() => this.#links.delete(link))
  }
}
