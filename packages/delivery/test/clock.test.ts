import { getEventListeners } from 'node:events'
import { expect, onTestFinished, test, vi } from 'vitest'

import { systemClock } from '../src/clock.ts'

test('a sleep ends after its delay and takes its listener back', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const { signal } = new AbortController()
  let isOver = false
  void systemClock.sleep(1000, signal).then(() => (isOver = true))
  await vi.advanceTimersByTimeAsync(999)
  expect(isOver).toBe(false)
  await vi.advanceTimersByTimeAsync(1)
  expect(isOver).toBe(true)
  expect(getEventListeners(signal, 'abort')).toEqual([])
})

test('an abort ends a sleep at once, and one that begins after it', async () => {
  const end = new AbortController()
  const sleep = systemClock.sleep(3_600_000, end.signal)
  end.abort()
  await sleep
  await systemClock.sleep(3_600_000, end.signal)
  expect(getEventListeners(end.signal, 'abort')).toEqual([])
})
