// Each test lets something else arrive than was called, and sees that the checker finds it.

import { expect, test } from 'vitest'

import type { CalledRecord, Finding, ReceivedOperation } from '../../src/index.ts'
import { received, runOf, trackOf } from './small-run.ts'
import { choose, findingsOf, findingsOfEvents, holds, operations, withReceipts } from './spoil.ts'

test.each([
  ['customer', { customerId: 'somebody' }],
  ['name', { name: 'another_name' }],
  ['timestamp', { timestamp: 1 }],
] as const)('a track that comes with another %s is altered', (field, change) => {
  holds((history, choice) => {
    const tracks = operations(history).filter(
      ({ action, outcome }) => action === 'event' && outcome === 'applied',
    )
    const spoilt = choose(tracks, choice)
    const receipts = history.receipts.map((record) =>
      record === spoilt ? { ...spoilt, ...change } : record,
    )
    const found = findingsOfEvents(withReceipts(history, receipts))
    expect(found).toMatchObject([{ kind: 'altered', field, id: spoilt.id }])
  })
})

test('an identify that comes with another time is altered, or one without', () => {
  const identify = { ...trackOf('a', 1, 50_000), op: 'identify', name: '', mark: 'm' } as const
  expect(findingsOf(deliveredAs(identify, {}))).toEqual([])
  for (const timestamp of [49, 51, null]) {
    const found = findingsOf(deliveredAs(identify, { timestamp }))
    expect(found).toMatchObject([{ kind: 'altered', field: 'timestamp', id: 'T1' }])
  }
})

test('a device is sent without a time', () => {
  const device = { ...trackOf('a', 1, 50_000), op: 'add_device', name: '', mark: 't' } as const
  expect(findingsOf(deliveredAs(device, { timestamp: null }))).toEqual([])
})

test.each([
  [50, 0],
  [49, 1],
  [90, 0],
  [91, 1],
])(
  'a time ahead of the call of second 50, at 90, may come as %i: %i findings',
  (timestamp, count) => {
    const event = { ...trackOf('a', 1, 50_000), occurredAt: 90_000 }
    expect(findingsOf(deliveredAs(event, { timestamp }))).toHaveLength(count)
  },
)

test.each([
  ['one', { name: 'x', timestamp: 1 }, []],
  ['the other', { name: 'y', timestamp: 2 }, []],
  ['a mixture of both', { name: 'y', timestamp: 1 }, [{ kind: 'altered', field: 'timestamp' }]],
])('of two calls with one id %s may come', (_what, change, expected) => {
  const one = trackOf('a', 1, 1_000)
  const other = { ...one, call: 2, at: 2_000, occurredAt: 2_000, name: 'y' }
  expect(eventsOf(findingsOf(deliveredAs(one, change, [one, other])))).toMatchObject(expected)
})

function deliveredAs(
  event: CalledRecord,
  change: Partial<ReceivedOperation>,
  calls: readonly CalledRecord[] = [event],
) {
  return runOf(calls, [
    { kind: 'opened', request: 1, at: 60_000 },
    { ...received(event, 1, 60_001), ...change },
    { kind: 'ended', request: 1, at: 60_002, ending: '200' },
  ])
}

function eventsOf(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ kind }) => kind !== 'countFault')
}
