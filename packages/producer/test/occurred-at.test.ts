import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { checkOccurredAt } from '../src/occurred-at.ts'

const NOW_MS = Date.UTC(2026, 10, 24, 12)
const MINUTE_MS = 60_000

describe('the time of an event', () => {
  it('is now where the caller says nothing', () => {
    expect(checkOccurredAt(undefined, NOW_MS)).toEqual({ occurredAt: NOW_MS, clamped: false })
  })

  it('is taken from a Date and from milliseconds, as whole milliseconds', () => {
    const earlier = NOW_MS - 90 * MINUTE_MS
    const same = { occurredAt: earlier, clamped: false }
    expect(checkOccurredAt(new Date(earlier), NOW_MS)).toEqual(same)
    expect(checkOccurredAt(earlier + 0.5, NOW_MS)).toEqual(same)
  })

  it('that is up to 5 minutes ahead is now, and is counted', () => {
    const clamped = { occurredAt: NOW_MS, clamped: true }
    expect(checkOccurredAt(NOW_MS + 1, NOW_MS)).toEqual(clamped)
    expect(checkOccurredAt(NOW_MS + 5 * MINUTE_MS, NOW_MS)).toEqual(clamped)
  })

  it.each<[unknown, string]>([
    [NOW_MS + 5 * MINUTE_MS + 1, 'is more than 5 minutes ahead'],
    [Date.UTC(2014, 11, 31), 'is before 2015'],
    [0, 'is before 2015'],
    [NOW_MS / 1000, 'is in seconds. Give milliseconds: seconds * 1000'],
    [Math.floor(NOW_MS / 1000) - 1_000_000, 'is in seconds'],
    [NOW_MS * 1000, 'is in microseconds'],
    [Number.NaN, 'is not a time'],
    [new Date('yesterday'), 'is not a time'],
    ['2026-11-24T12:00:00Z', 'is a string. Give a Date'],
    [null, 'is null'],
  ])('%s is refused', (value, fault) => {
    const check = (): unknown => checkOccurredAt(value, NOW_MS)
    expect(check).toThrow(fault)
    expect(check).toThrow(expect.objectContaining({ code: 'RELAY_EVENT_TIME' }))
  })

  it('is always a whole number of milliseconds between 2015 and now', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.double(),
          fc.date().map((date) => date.getTime()),
        ),
        (value) => {
          const { occurredAt } = attempt(value)
          expect(Number.isSafeInteger(occurredAt)).toBe(true)
          expect(occurredAt >= Date.UTC(2015, 0, 1) && occurredAt <= NOW_MS).toBe(true)
        },
      ),
    )
  })
})

/** What is refused counts as now here. */
const attempt = (value: number): { occurredAt: number } => {
  try {
    return checkOccurredAt(value, NOW_MS)
  } catch {
    return { occurredAt: NOW_MS }
  }
}
