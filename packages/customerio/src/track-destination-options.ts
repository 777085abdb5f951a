// Settings of the destination, and what they are when nothing is said.

import type { Region } from './base-url.ts'
import { PROCESS_CLOCK } from './clock.ts'
import type { Clock } from './clock.ts'
import type { TrackCredentials } from './credentials.ts'

/** Settings of a destination. */
export interface TrackDestinationOptions {
  readonly credentials: TrackCredentials
  /** The relay's version, for the user agent. */
  readonly version: string
  /** Default `us`. */
  readonly region?: Region
  /** In place of the region's host (CUSTOMERIO_TRACK_URL): http or https, a path before `/api` is kept. */
  readonly baseUrl?: string
  /** For a connection including TLS, in milliseconds. Default 5,000. */
  readonly connectTimeoutMs?: number
  /** Most connections to one origin. Default 64, one for each partition. */
  readonly connections?: number
  /**
   * A longer answer counts as one that cannot be read. Default 256 KiB; a batch may always answer with 1 KiB per
   * operation, so that a 207 that names every item is read.
   */
  readonly maxResponseBytes?: number
  /** Certificate authorities in place of the built-in ones. */
  readonly ca?: string | readonly string[]
  /** Origins outside `*.customer.io` that a redirect may lead to. They get the credentials. Default none. */
  readonly allowedRedirectOrigins?: readonly string[]
  /** Default the clock of this process. */
  readonly clock?: Clock
}

type TrackDefaults = Required<
  Omit<TrackDestinationOptions, 'credentials' | 'version' | 'baseUrl' | 'ca'>
>

/** Settings with the defaults filled in, without the credentials. */
export type TrackSettings = TrackDefaults & Omit<TrackDestinationOptions, 'credentials'>

/** What stands where nothing is set. */
export const TRACK_DEFAULTS: TrackDefaults = {
  region: 'us',
  connectTimeoutMs: 5000,
  connections: 64,
  maxResponseBytes: 262_144,
  allowedRedirectOrigins: [],
  clock: PROCESS_CLOCK,
}
