import { expect, test } from 'vitest'

import { until } from '../src/index.ts'

test('it resolves with the first value that is accepted', async () => {
  let looks = 0
  expect(await until(() => (looks += 1), { accept: (value) => value === 3 })).toBe(3)
  expect(looks).toBe(3)
})

test('without a rule of its own it waits for a truthy value', async () => {
  const values = [undefined, 0, '', 'here']
  expect(await until(() => values.shift())).toBe('here')
})

test('a look that throws counts as not yet', async () => {
  let looks = 0
  const look = async (): Promise<number> => {
    looks += 1
    if (looks === 1) throw new Error('not there')
    return looks
  }
  expect(await until(look)).toBe(2)
})

test('when the time is over the error says what was waited for and what the last look gave', async () => {
  const never = until(() => ({ pending: 7 }), {
    accept: ({ pending }) => pending === 0,
    timeoutMs: 0,
    what: 'an empty queue',
  })
  await expect(never).rejects.toThrow(/^an empty queue: not within 0 ms.*pending: 7/)
})

test('when the last look threw, its error is the cause', async () => {
  const cause = new Error('gone')
  const never = until(() => Promise.reject(cause), { timeoutMs: 0 })
  await expect(never).rejects.toMatchObject({ message: expect.stringContaining('gone'), cause })
})
