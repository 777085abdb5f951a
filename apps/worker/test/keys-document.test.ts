// docs/keys.md names exactly the keys that packages/queue/src/keys.ts makes, and those that are made from them.

import { namespaceKeys, partitionKeys } from '@retention-relay/queue'
import { documentedKeys } from '@retention-relay/testkit'
import { expect, test } from 'vitest'

/** Keys that BullMQ or a script makes from one of keys.ts. */
const DERIVED = [
  'T:tombstone:<mark>',
  'T:identified:<bucket>',
  'P:events:<job>',
  'P:events:<job>:lock',
  'P:events:id',
  'P:events:events',
  'P:dedupe:<generation>:<bucket>',
  'P:dead:<member>',
  'N:customers:<bucket>',
  'N:drift:<profile>',
  'N:drift:<profile>:<window>',
]

test('every key has its row, and every row its key', () => {
  const { customers: base, ...others } = namespaceKeys('shop')
  const ofNamespace = Object.values(others)
  expect(base).toBe('{relay:shop}:customers')
  const {
    prefix,
    jobBase: _,
    ...partition
  } = partitionKeys({
    namespace: 'shop',
    generation: 7,
    partition: 9,
  })
  const names = [
    ...ofNamespace.map((key) => key.replace('{relay:shop}', 'N')),
    ...Object.values(partition).map((key) => key.replace(prefix, 'P')),
  ]
  const rows = documentedKeys().map(({ name }) => name)
  expect(rows).toHaveLength(new Set(rows).size)
  expect(new Set(rows)).toEqual(new Set([...names, ...DERIVED]))
})
