// Destinations and batches for the tests of the transport. A destination is closed with its test.

import { onTestFinished } from 'vitest'
import type { SendResult, TrackBatch, TrackDestination } from '../src/destination-port.ts'
import { createTrackDestination } from '../src/track-destination.ts'
import type { TrackDestinationOptions } from '../src/track-destination-options.ts'

/** The credentials of all tests; the secrets test looks for them everywhere. */
export const CREDENTIALS = { siteId: 'site-4711', apiKey: 'key-do-not-tell' }

/** A destination at `baseUrl`. */
export function destinationAt(
  baseUrl: string,
  options: Partial<TrackDestinationOptions> = {},
): TrackDestination {
  const settings = { credentials: CREDENTIALS, version: '1.2.3', baseUrl, ...options }
  const destination = createTrackDestination(settings)
  onTestFinished(() => destination.close())
  return destination
}

/** An operation of about `bytes` bytes. */
export function operation(bytes = 100): string {
  return JSON.stringify({
    type: 'person',
    action: 'event',
    name: 'x'.repeat(Math.max(bytes - 50, 1)),
  })
}

/** Sends one small operation, unless the test says otherwise. */
export function send(
  destination: TrackDestination,
  batch: Partial<TrackBatch> = {},
): Promise<SendResult> {
  const whole = { operations: [operation()], guard: () => true, timeoutMs: 10_000, ...batch }
  return destination.send(whole)
}

/** More than the buffers of a loopback connection hold, so that a server that does not read stops the sender. */
export const HUGE: readonly string[] = Array.from({ length: 16 }, () => operation(1_000_000))
