import { namespaceKeys, partitionKeys } from '@retention-relay/queue'
import { documentedKeys } from '@retention-relay/testkit'
import { expect, test } from 'vitest'

import { keyFault } from '../../src/verdict/keys-left.ts'
import type { FoundKey } from '../../src/verdict/keys-left.ts'

const keys = partitionKeys({ namespace: 'chaos', generation: 1, partition: 3 })
const { config, workers, audit, drift, customers } = namespaceKeys('chaos')
const tombstone = '{relay:chaos:t63}:tombstone:0badcafe'
const rows = documentedKeys()

/** Type and expiry are those of the document, unless given. */
function faultOf(key: string, found: Partial<FoundKey> = {}): string | null {
  const row = rows.find(({ pattern }) => pattern.test(key))
  const right = { type: row?.type ?? 'string', ttlS: row?.mostS ?? -1, entries: 0 }
  return keyFault({ key, ...right, ...found }, 4, rows)
}

test('counters, dedupe store, dead letters and what BullMQ keeps of a queue stay', () => {
  const { counters, dedupe, dead, deadGroups, orphans, leaseRun, meta, marker } = keys
  const own = [config, workers, audit, counters, dedupe, dead, deadGroups, orphans, leaseRun]
  const watched = [`${drift}:3dbf1f31c1d1122d`, `${drift}:3dbf1f31c1d1122d:1`, `${customers}:007`]
  const parts = [...watched, tombstone, `${dedupe}:1371:5`, `${dead}:-123456789`, `${dead}:42`]
  for (const key of [...own, ...parts, meta, marker, `${keys.jobBase}events`]) {
    expect([key, faultOf(key)]).toEqual([key, null])
  }
})

test('jobs, locks, lists, leases and whatever is not the run’s own do not', () => {
  const { jobBase, wait, active, lease } = keys
  const job = `${jobBase}c-01HK153X00K4VSHQMY4HCZNBZY`
  for (const key of [job, `${job}:lock`, wait, active, lease]) {
    expect([key, faultOf(key)]).toEqual([key, 'should be gone'])
  }
  const ofOthers = [
    '{relay:other}:config',
    '{relay:chaos:g1:4}:counters',
    '{relay:chaos:g2:3}:dead',
  ]
  for (const key of ['dump', '{relay:chaos:g1:3}:unknown', '{relay:chaos}:drifted', ...ofOthers]) {
    expect([key, faultOf(key)]).toEqual([key, 'is no key of this relay'])
  }
})

test('a key that should expire and does not, or too late, is found', () => {
  const expiring = [tombstone, `${drift}:3dbf1f31c1d1122d`, `${keys.dedupe}:1371:5`]
  for (const key of expiring) {
    expect(faultOf(key, { ttlS: -1 })).toContain('does not expire')
    expect(faultOf(key, { ttlS: 1e9 })).toContain('expires in 1000000000 s')
  }
})

test('a key of another type, and an event stream that grows, are found', () => {
  expect(faultOf(keys.counters, { type: 'string' })).toBe('is a string and should be a hash')
  expect(faultOf(`${keys.jobBase}events`, { entries: 101 })).toBe('has 101 entries')
})
