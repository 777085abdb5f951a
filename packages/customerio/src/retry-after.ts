// How long the destination asks to wait. `Retry-After` is a number of seconds or a date. A date is read against the
// response's own `Date`: only the difference of the two counts, so a wrong clock on either side does no harm.
// Source: RFC 9110 § 10.2.3. Whatever stands there, the wait is never negative and never above five minutes:
// a mistyped header must not stop deliveries for a day.

import type { DestinationResponse } from './destination-response.ts'
import { headerOf } from './destination-response.ts'

/** Longest wait that is honoured, in milliseconds. */
export const RETRY_AFTER_MAX_MS = 300_000

const SECONDS = /^[+-]?[0-9]+(\.[0-9]+)?$/
/** The two forms of an HTTP date that name their zone; `Date.parse` alone would take `12 bananas 2020`. */
const HTTP_DATE = /^[A-Z][a-z]{2,8}, [0-9]{2}[ -][A-Z][a-z]{2}[ -][0-9]{2,4} [0-9:]{8} GMT$/

/** The wait in milliseconds, 0..300,000; undefined without a readable `Retry-After`. */
export function retryAfterMs(headers: DestinationResponse['headers']): number | undefined {
  const value = headerOf(headers, 'retry-after')?.trim()
  if (value === undefined) return undefined
  if (SECONDS.test(value)) return clamp(Number(value) * 1000)
  const until = httpDateMs(value)
  const now = httpDateMs(headerOf(headers, 'date')?.trim())
  return until === undefined || now === undefined ? undefined : clamp(until - now)
}

function httpDateMs(value: string | undefined): number | undefined {
  if (value === undefined || !HTTP_DATE.test(value)) return undefined
  const timeMs = Date.parse(value)
  return Number.isNaN(timeMs) ? undefined : timeMs
}

function clamp(waitMs: number): number {
  return Math.min(Math.max(Math.round(waitMs), 0), RETRY_AFTER_MAX_MS)
}
