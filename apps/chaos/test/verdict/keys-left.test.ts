import { namespaceKeys, partitionKeys } from '@retention-relay/queue'
import { expect, test } from 'vitest'

import { isKept } from '../../src/verdict/keys-left.ts'

const keys = partitionKeys({ namespace: 'chaos', generation: 1, partition: 3 })

test('counters, dedupe store, dead letters and what BullMQ keeps of a queue stay', () => {
  const { config, workers, audit, drift, customers } = namespaceKeys('chaos')
  const { counters, dedupe, dead, deadGroups, orphans, leaseRun, meta, marker } = keys
  const own = [config, workers, audit, counters, dedupe, dead, deadGroups, orphans, leaseRun]
  const tombstone = '{relay:chaos:t63}:tombstone:0badcafe'
  const watched = [`${drift}:3dbf1f31c1d1122d`, `${drift}:3dbf1f31c1d1122d:1`, `${customers}:007`]
  const parts = [...watched, tombstone, `${dedupe}:1371:5`, `${dead}:-123456789`, `${dead}:42`]
  for (const key of [...own, ...parts, meta, marker, `${keys.jobBase}events`]) {
    expect([key, isKept(key, 4)]).toEqual([key, true])
  }
})

test('jobs, locks, lists, leases and whatever is not the run’s own do not', () => {
  const { jobBase, wait, active, lease } = keys
  const job = `${jobBase}c-01HK153X00K4VSHQMY4HCZNBZY`
  const strange = [
    'dump',
    '{relay:other}:config',
    '{relay:chaos:g1:3}:unknown',
    '{relay:chaos}:drifted',
  ]
  for (const key of [job, `${job}:lock`, wait, active, lease, ...strange]) {
    expect([key, isKept(key, 4)]).toEqual([key, false])
  }
  expect(isKept(keys.counters, 3)).toBe(false)
})
