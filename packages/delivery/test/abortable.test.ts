import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'

import { unlessAborted } from '../src/abortable.ts'

const never = new Promise<void>(() => undefined)

test('it ends when the promise resolves, and takes its listener back', async () => {
  const { signal } = new AbortController()
  await unlessAborted(Promise.resolve(), signal)
  expect(getEventListeners(signal, 'abort')).toEqual([])
})

test('an abort ends it, before or during the wait', async () => {
  const end = new AbortController()
  const wait = unlessAborted(never, end.signal)
  end.abort()
  await wait
  await unlessAborted(never, end.signal)
  expect(getEventListeners(end.signal, 'abort')).toEqual([])
})

test('it rejects when the promise does', async () => {
  const { signal } = new AbortController()
  await expect(unlessAborted(Promise.reject(new Error('lost')), signal)).rejects.toThrow('lost')
})
