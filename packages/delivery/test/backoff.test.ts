import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { BACKOFF_BASE_MS, BACKOFF_CAP_MS, backoffMs } from '../src/backoff.ts'

const failures = fc.integer({ min: 1, max: 100_000 })
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

test('the bound doubles with each failure, from 500 ms up to a minute', () => {
  const bounds = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((count) => backoffMs(count, () => 1))
  expect(bounds).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000])
})

test('the wait is a random part of its bound, the whole range of it', () => {
  expect(backoffMs(3, () => 0)).toBe(0)
  expect(backoffMs(3, () => 0.25)).toBe(500)
})

test('whatever the failures, the wait is between 0 and the cap', () => {
  fc.assert(
    fc.property(failures, random, (count, part) => {
      const waitMs = backoffMs(count, () => part)
      expect(waitMs).toBeGreaterThanOrEqual(0)
      expect(waitMs).toBeLessThanOrEqual(Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** count))
    }),
  )
})

test('the wait is never shorter than the destination asked for, even above the cap', () => {
  fc.assert(
    fc.property(failures, random, fc.nat(300_000), (count, part, retryAfterMs) => {
      expect(backoffMs(count, () => part, { leastMs: retryAfterMs })).toBeGreaterThanOrEqual(
        retryAfterMs,
      )
    }),
  )
})
