// The destination: Customer.io's Track API v2. Enters: a batch of operations that are JSON texts already, and the
// guard of the lease. Leaves: what the answer means. It never throws for what a network or a server may do.
//
// A request goes to the region's host. When that host redirects it and the new host takes the batch, later requests go to
// the new host at once; new credentials may belong to another region, so they forget it.

import { trackBaseUrl } from './base-url.ts'
import { classifyExchange } from './classify-exchange.ts'
import { ConnectionPools } from './connection-pools.ts'
import { basicAuthorization } from './credentials.ts'
import type { TrackCredentials } from './credentials.ts'
import type { ProbeOptions, SendResult, TrackBatch, TrackDestination } from './destination-port.ts'
import { encodeBatch } from './encode-batch.ts'
import { exchange } from './exchange.ts'
import type { ExchangeRequest } from './exchange.ts'
import { followRedirects } from './follow-redirects.ts'
import type { Arrival } from './follow-redirects.ts'
import { PROBE_PATH, readProbe } from './probe.ts'
import type { ProbeResult } from './probe.ts'
import { TRACK_DEFAULTS } from './track-destination-options.ts'
import type { TrackDestinationOptions, TrackSettings } from './track-destination-options.ts'

/** Creates the destination; connects with the first request. Throws RELAY_CONFIG_INVALID for settings that cannot be right. */
export function createTrackDestination(options: TrackDestinationOptions): TrackDestination {
  return new HttpTrackDestination(options)
}

const PROBE_TIMEOUT_MS = 10_000
const RESPONSE_BYTES_PER_OPERATION = 1024
const BATCH_PATH = '/api/v2/batch'

type Call = Omit<ExchangeRequest, 'path' | 'headers' | 'clock'>

class HttpTrackDestination implements TrackDestination {
  readonly #settings: TrackSettings
  readonly #pools: ConnectionPools
  /** The configured address. */
  readonly #baseUrl: string
  /** Where requests go: the configured address, or the origin that a redirect led to. Written by `#pin`. */
  #address: string
  /** Secret. Written by `setCredentials`. */
  #authorization: string
  readonly #inFlight = new Set<Promise<Arrival>>()
  #closed = false

  constructor({ credentials, ...options }: TrackDestinationOptions) {
    const settings = { ...TRACK_DEFAULTS, ...options }
    this.#settings = settings
    this.#authorization = basicAuthorization(credentials)
    this.#baseUrl = trackBaseUrl(settings.region, settings.baseUrl)
    this.#address = this.#baseUrl
    this.#pools = new ConnectionPools(settings)
  }

  async send(batch: TrackBatch): Promise<SendResult> {
    const startedMs = this.#settings.clock.now()
    const authorization = this.#authorization
    const { chunks, bytes } = encodeBatch(batch.operations)
    const { guard, timeoutMs, signal } = batch
    const maxResponseBytes = this.#maxResponseBytes(batch.operations.length)
    const call: Call = { method: 'POST', chunks, guard, timeoutMs, signal, maxResponseBytes }
    const arrival = await this.#call(BATCH_PATH, call)
    const response = classifyExchange(arrival.exchange, batch.operations.length)
    const accepted = response.kind === 'delivered' || response.kind === 'partly_refused'
    if (accepted) this.#pin(arrival.url, authorization)
    const status = 'status' in arrival.exchange ? arrival.exchange.status : 0
    return {
      response,
      durationMs: this.#settings.clock.now() - startedMs,
      ...(status === 0 ? {} : { status }),
      requestBytes: bytes,
      bodyLeft: arrival.exchange.bodyLeft,
    }
  }

  async probe(options: ProbeOptions = {}): Promise<ProbeResult> {
    const authorization = this.#authorization
    const arrival = await this.#call(PROBE_PATH, {
      method: 'GET',
      chunks: null,
      guard: () => true,
      timeoutMs: options.timeoutMs ?? PROBE_TIMEOUT_MS,
      signal: options.signal,
      maxResponseBytes: this.#maxResponseBytes(1),
    })
    const result = readProbe(arrival.exchange)
    if (result.kind === 'accepted') this.#pin(arrival.url, authorization)
    return result
  }

  setCredentials(credentials: TrackCredentials): void {
    this.#authorization = basicAuthorization(credentials)
    this.#address = this.#baseUrl
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.allSettled(this.#inFlight)
    await this.#pools.close()
  }

  async #call(path: string, call: Call): Promise<Arrival> {
    if (this.#closed) throw new Error('the destination is closed')
    const arrival = this.#follow(path, call)
    this.#inFlight.add(arrival)
    try {
      return await arrival
    } finally {
      this.#inFlight.delete(arrival)
    }
  }

  #follow(path: string, call: Call): Promise<Arrival> {
    const { clock } = this.#settings
    const deadlineMs = clock.now() + call.timeoutMs
    const headers = this.#headers(call)
    const allowed = this.#settings.allowedRedirectOrigins
    return followRedirects(new URL(this.#address + path), allowed, (url) =>
      exchange(this.#pools.at(url.origin), {
        ...call,
        path: url.pathname + url.search,
        headers,
        clock,
        timeoutMs: Math.max(Math.ceil(deadlineMs - clock.now()), 1),
      }),
    )
  }

  #headers(call: Call): Record<string, string> {
    const headers = {
      authorization: this.#authorization,
      'user-agent': `retention-relay/${this.#settings.version}`,
    }
    if (call.chunks === null) return headers
    const bytes = call.chunks.reduce((sum, chunk) => sum + chunk.length, 0)
    return { ...headers, 'content-type': 'application/json', 'content-length': String(bytes) }
  }

  #maxResponseBytes(operations: number): number {
    return Math.max(this.#settings.maxResponseBytes, operations * RESPONSE_BYTES_PER_OPERATION)
  }

  /** Not for credentials that were replaced meanwhile: the new ones may be at home elsewhere. */
  #pin(url: URL, authorization: string): void {
    if (authorization !== this.#authorization) return
    if (url.origin !== new URL(this.#address).origin) this.#address = url.origin
  }
}
