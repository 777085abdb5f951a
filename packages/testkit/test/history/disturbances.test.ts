// A fault excuses what it hit, and nothing that went on beside it.

import { expect, test } from 'vitest'

import type { Disturbance, History, ReceiptRecord } from '../../src/index.ts'
import { received, runOf, trackOf } from './small-run.ts'
import { findingsOf, kinds } from './spoil.ts'

const TRACK = trackOf('a', 1, 1_000)
const DURING = { from: 9_900, until: 10_100 }

/** What a fault is to the worker that has sent the request. */
const HIT: readonly (readonly [string, Disturbance])[] = [
  ['it was stopped', { ...DURING, kind: 'stopped', host: 'worker-1' }],
  ['all were stopped', { ...DURING, kind: 'stopped', host: null }],
  ['it was cut off', { ...DURING, kind: 'cut_off', host: 'worker-1' }],
  ['all were cut off', { ...DURING, kind: 'cut_off', host: null }],
  ['another was stopped', { ...DURING, kind: 'stopped', host: 'worker-2' }],
  ['another was cut off', { ...DURING, kind: 'cut_off', host: 'worker-2' }],
]

function found(receipts: readonly ReceiptRecord[], disturbance: Disturbance): string[] {
  const { run, ...rest } = runOf([TRACK], receipts)
  const history: History = { ...rest, run: { ...run, disturbances: [disturbance] } }
  return kinds(findingsOf(history))
}

test.each(HIT)('a track that comes again after an answer when %s', (what, disturbance) => {
  const again: ReceiptRecord[] = [
    { kind: 'opened', request: 1, at: 10_000, host: 'worker-1' },
    received(TRACK, 1, 10_001),
    { kind: 'ended', request: 1, at: 10_002, ending: '200' },
    { kind: 'opened', request: 2, at: 20_000, host: 'worker-2' },
    { ...received(TRACK, 2, 20_001), outcome: 'duplicate' },
    { kind: 'ended', request: 2, at: 20_002, ending: '200' },
  ]
  expect(found(again, disturbance)).toEqual(
    what.startsWith('another') ? ['repeatedWithoutNeed'] : [],
  )
})

test.each(HIT)(
  'a request that stays open beside another of its customer when %s',
  (what, disturbance) => {
    const beside: ReceiptRecord[] = [
      { kind: 'opened', request: 1, at: 10_000, host: 'worker-1' },
      received(TRACK, 1, 10_001),
      { kind: 'opened', request: 2, at: 12_000, host: 'worker-2' },
      { ...received(TRACK, 2, 12_001), outcome: 'duplicate' },
      { kind: 'ended', request: 2, at: 12_002, ending: '200' },
      { kind: 'ended', request: 1, at: 15_000, ending: 'left' },
    ]
    const isStopped = !what.startsWith('another') && what.endsWith('stopped')
    expect(found(beside, disturbance)).toEqual(isStopped ? [] : ['overlap'])
  },
)
