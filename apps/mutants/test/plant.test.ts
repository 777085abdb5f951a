import { expect, test } from 'vitest'

import { plant } from '../src/plant.ts'

test('a text that stands once is replaced as it is, without any pattern', () => {
  expect(plant('a (b) c', { find: '(b)', replace: '$& $1' })).toEqual({
    kind: 'planted',
    source: 'a $& $1 c',
  })
})

test.each([
  ['nothing of it', 0],
  ['one + other, one + other', 2],
])('a text that does not stand once is stale: %j', (source, matches) => {
  expect(plant(source, { find: 'one + other', replace: '' })).toEqual({ kind: 'stale', matches })
})
