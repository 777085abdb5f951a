import { expect, test } from 'vitest'

import { unexpectedEnds } from '../../src/verdict/redis-ends.ts'

test('a Redis that ended by itself is named, unless a fault brought it about', () => {
  const crash = { code: null, signal: 'SIGSEGV' } as const
  const full = { code: 1, signal: null }
  const nodes = [{ ownEnds: [] }, { ownEnds: [full, crash] }]
  expect(unexpectedEnds(nodes, new Set([full]))).toEqual(['redis-2 ended by itself with SIGSEGV'])
  expect(unexpectedEnds(nodes, new Set())).toHaveLength(2)
})
