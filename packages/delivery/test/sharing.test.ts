import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { targetShare } from '../src/sharing.ts'

const workers = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 12 }), {
  minLength: 1,
  maxLength: 40,
})
const partitions = fc.integer({ min: 1, max: 256 })

test('the shares of all workers add up to the partitions, and no two differ by more than one', () => {
  fc.assert(
    fc.property(workers, partitions, (ids, count) => {
      const shares = ids.map((id) => targetShare(count, ids, id))
      expect(shares.reduce((sum, share) => sum + share, 0)).toBe(count)
      expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1)
    }),
  )
})

test('the order in which the registry lists the workers does not matter', () => {
  fc.assert(
    fc.property(workers, partitions, (ids, count) => {
      for (const id of ids) {
        expect(targetShare(count, ids.toReversed(), id)).toBe(targetShare(count, ids, id))
      }
    }),
  )
})

test('the first workers by the bytes of their ids have the one that is left over', () => {
  const ids = ['ö', 'b', 'a', 'B']
  expect(ids.map((id) => targetShare(6, ids, id))).toEqual([1, 1, 2, 2])
})

test('a worker that is not in the list has no share', () => {
  expect(targetShare(16, ['a', 'b'], 'c')).toBe(0)
  expect(targetShare(16, [], 'c')).toBe(0)
})
