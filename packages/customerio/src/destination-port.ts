// What the worker sees of the destination. The consumer declares the part of it that it needs.

import type { ResponseClass } from '@retention-relay/events'
import type { TrackCredentials } from './credentials.ts'
import type { ProbeResult } from './probe.ts'

/** One request of events. */
export interface TrackBatch {
  /** JSON texts of Track API v2 operations, 1 or more. */
  readonly operations: readonly string[]
  /** True while the lease is valid. Called often and synchronously; must not throw. */
  readonly guard: () => boolean
  /** For everything, redirects included, in milliseconds. */
  readonly timeoutMs: number
  /** Stops the request. */
  readonly signal?: AbortSignal
}

/** How a request ended. */
export interface SendResult {
  readonly response: ResponseClass
  readonly durationMs: number
  /** Of the last answer; absent when none began. */
  readonly status?: number
  /** Of the body. */
  readonly requestBytes: number
  /** Whether all of the body was handed to the socket. */
  readonly bodyLeft: boolean
}

/** Limits of a probe. */
export interface ProbeOptions {
  /** For everything, in milliseconds. Default 10,000. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

/** Customer.io's Track API. */
export interface TrackDestination {
  /** Sends a batch. Throws RangeError for a batch without operations and Error after `close`, nothing else. */
  send(batch: TrackBatch): Promise<SendResult>
  /** Asks whether the credentials are known. Stores nothing. */
  probe(options?: ProbeOptions): Promise<ProbeResult>
  /** From the next request on. Throws RELAY_CONFIG_INVALID for credentials that cannot be right. */
  setCredentials(credentials: TrackCredentials): void
  /** Waits for the requests in flight, then ends all connections. */
  close(): Promise<void>
}
