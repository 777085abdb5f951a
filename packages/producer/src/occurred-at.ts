// When an event happened. A wrong time is worse than none: an identify with a future time masks all later ones, and
// seconds taken for milliseconds put an event into January 1970. Both are recognised and named.

import { AHEAD_MS, EARLIEST_MS, RelayError, typeName } from '@retention-relay/events'

/** A time that can be. */
export interface CheckedTime {
  /** Whole milliseconds since 1970. */
  readonly occurredAt: number
  /** It was ahead of the clock and set to now. */
  readonly clamped: boolean
}

/** @throws RelayError `RELAY_EVENT_TIME`. */
export function checkOccurredAt(value: unknown, nowMs: number): CheckedTime {
  if (value === undefined) return { occurredAt: Math.floor(nowMs), clamped: false }
  const timeMs = value instanceof Date ? value.getTime() : value
  if (typeof timeMs !== 'number') {
    throw fault(`is ${typeName(value)}`, 'Give a Date, or milliseconds since 1970.')
  }
  if (!Number.isFinite(timeMs)) throw fault('is not a time', 'Give a valid Date.')
  if (timeMs < EARLIEST_MS) throw tooEarly(timeMs, nowMs)
  if (timeMs > nowMs + AHEAD_MS) throw tooLate(timeMs, nowMs)
  const clamped = timeMs > nowMs
  return { occurredAt: Math.floor(clamped ? nowMs : timeMs), clamped }
}

function tooEarly(timeMs: number, nowMs: number): RelayError {
  if (isPossible(timeMs * 1000, nowMs)) {
    return fault('is in seconds', 'Give milliseconds: seconds * 1000, or a Date.')
  }
  return fault('is before 2015', 'Give the time at which the event happened.')
}

function tooLate(timeMs: number, nowMs: number): RelayError {
  if (isPossible(timeMs / 1000, nowMs)) {
    return fault('is in microseconds', 'Give milliseconds: microseconds / 1000, or a Date.')
  }
  return fault(
    'is more than 5 minutes ahead',
    'Give a time that has passed, and look at the clock.',
  )
}

function isPossible(timeMs: number, nowMs: number): boolean {
  return timeMs >= EARLIEST_MS && timeMs <= nowMs + AHEAD_MS
}

function fault(what: string, remedy: string): RelayError {
  return new RelayError('RELAY_EVENT_TIME', `occurredAt ${what}. ${remedy}`, {
    details: { field: 'occurredAt' },
  })
}
