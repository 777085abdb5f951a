// Keep-alive connections, one pool per origin: a redirect may add a second one. TLS is always verified; a request
// has its connection for itself (pipelining 1), since a body that breaks off takes its connection with it.

import type { Socket } from 'node:net'
import { buildConnector, Pool } from 'undici'
import { CHUNK_BYTES } from './guarded-body.ts'

/** What may be set about connections. Verification of TLS cannot be switched off. */
export interface PoolSettings {
  /** For the connection including TLS, in milliseconds. */
  readonly connectTimeoutMs: number
  /** Most connections to one origin; further requests wait. */
  readonly connections: number
  /** Certificate authorities to trust in place of the built-in ones (a proxy's, a test's). */
  readonly ca?: string | readonly string[]
}

/**
 * How long an idle connection is kept, in milliseconds, unless the server says less. Shorter than the minute after
 * which common firewalls forget it.
 */
const KEEP_ALIVE_MS = 30_000

/** All connections of one destination. */
export class ConnectionPools {
  readonly #options: PoolSettings
  readonly #pools = new Map<string, Pool>()
  /** Sockets whose connection or TLS handshake is under way: closing a pool does not end them. */
  readonly #connecting = new Set<Socket>()

  constructor(options: PoolSettings) {
    this.#options = options
  }

  /** The pool of an origin. */
  at(origin: string): Pool {
    const known = this.#pools.get(origin)
    if (known !== undefined) return known
    const pool = new Pool(origin, {
      connections: this.#options.connections,
      connect: this.#connector(),
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      allowH2: false,
    })
    this.#pools.set(origin, pool)
    return pool
  }

  /** Ends all connections at once, also those that are being made. */
  async close(): Promise<void> {
    const closed = [...this.#pools.values()].map((pool) => pool.destroy())
    for (const socket of this.#connecting) socket.destroy(new Error('the destination is closed'))
    await Promise.all(closed)
  }

  #connector(): buildConnector.connector {
    const { connectTimeoutMs, ca } = this.#options
    // One chunk as high-water mark: see guarded-body.ts. undici hands it to the socket, its types do not know it.
    const forSocket = {
      highWaterMark: CHUNK_BYTES,
      // Said aloud, so that NODE_TLS_REJECT_UNAUTHORIZED cannot switch it off.
      rejectUnauthorized: true,
      ...(ca === undefined ? {} : { ca: [ca].flat() }),
    }
    const connect = buildConnector({ timeout: connectTimeoutMs, allowH2: false, ...forSocket })
    return (options, callback) => {
      const socket: unknown = connect(options, (...result) => {
        this.#connecting.delete(socket as Socket)
        callback(...result)
      })
      // Declared as void, but undici's connector returns the socket.
      this.#connecting.add(socket as Socket)
    }
  }
}
