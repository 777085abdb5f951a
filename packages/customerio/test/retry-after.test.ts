// `Retry-After` as servers and proxies write it.

import { describe, expect, it } from 'vitest'
import { retryAfterMs } from '../src/retry-after.ts'

const DATE = 'Mon, 23 Nov 2026 10:00:00 GMT'

describe('retryAfterMs', () => {
  it.each([
    ['0', 0],
    ['1', 1000],
    [' 120 ', 120_000],
    ['1.5', 1500],
    ['+3', 3000],
    ['300', 300_000],
    ['301', 300_000],
    ['86400', 300_000],
    ['9'.repeat(400), 300_000],
    ['-1', 0],
    ['-86400', 0],
  ])('reads seconds, between 0 and 300: %s', (value, waitMs) => {
    expect(retryAfterMs({ 'retry-after': value })).toBe(waitMs)
  })

  it.each([
    ['Mon, 23 Nov 2026 10:00:30 GMT', 30_000],
    ['Monday, 23-Nov-26 10:01:00 GMT', 60_000],
    ['Mon, 23 Nov 2026 10:00:00 GMT', 0],
    ['Mon, 23 Nov 2026 09:00:00 GMT', 0],
    ['Tue, 23 Nov 2027 10:00:00 GMT', 300_000],
  ])('reads a date against the Date of the response: %s', (value, waitMs) => {
    expect(retryAfterMs({ 'retry-after': value, date: DATE })).toBe(waitMs)
  })

  it('is not moved by the clock of this machine', () => {
    const headers = {
      'retry-after': 'Wed, 01 Jan 2020 00:00:10 GMT',
      date: 'Wed, 01 Jan 2020 00:00:00 GMT',
    }
    expect(retryAfterMs(headers)).toBe(10_000)
  })

  it.each([
    '',
    'soon',
    'NaN',
    'Infinity',
    '1e3',
    '0x10',
    '12 bananas 2020',
    '2026-11-23',
    '23 Nov 2026',
  ])('leaves out what it cannot read: %j', (value) =>
    expect(retryAfterMs({ 'retry-after': value, date: DATE })).toBeUndefined(),
  )

  it.each([undefined, 'yesterday', 'Mon, 99 Nov 2026 10:00:00 GMT'])(
    'leaves out a date without a Date to read it against: %j',
    (date) => expect(retryAfterMs({ 'retry-after': DATE, date })).toBeUndefined(),
  )

  it('takes the first of several, and nothing for none', () => {
    expect(retryAfterMs({ 'retry-after': ['2', '9'] })).toBe(2000)
    expect(retryAfterMs({})).toBeUndefined()
  })
})
