// What the measurement of an away Redis calls a fault.

import { expect, test } from 'vitest'

import { awayFaults, countEvents } from '../src/away-faults.ts'

const GROWTH = { grownMb: 10, boundMb: 30 }

interface Seen {
  readonly acknowledged: readonly string[]
  readonly unknown?: readonly string[]
  readonly stored: Readonly<Record<string, number>>
}

function faultsOf({ acknowledged, unknown = [], stored }: Seen): string[] {
  const facts = { acknowledgedIds: acknowledged, unknownIds: unknown }
  return awayFaults(countEvents(facts, new Map(Object.entries(stored))), GROWTH)
}

test('events that were acknowledged and are there once are no fault', () => {
  expect(faultsOf({ acknowledged: ['a', 'b'], stored: { a: 1, b: 1 } })).toEqual([])
})

test('an acknowledged event that is not there is a fault, also beside one that nobody was told of', () => {
  expect(faultsOf({ acknowledged: ['a', 'b'], stored: { a: 1, c: 1 } })).toEqual([
    '1 acknowledged events are not in Redis.',
    '1 events are in Redis and were acknowledged to nobody.',
  ])
})

test('a second copy is a fault, unless a call of the same event had an unknown fate', () => {
  const seen = { acknowledged: ['a'], stored: { a: 2 } }
  expect(faultsOf(seen)).toEqual(['1 events are in Redis more than once.'])
  expect(faultsOf({ ...seen, unknown: ['b'] })).toEqual(['1 events are in Redis more than once.'])
  expect(faultsOf({ ...seen, unknown: ['a'] })).toEqual([])
})

test('a third copy is a fault after one call of unknown fate, and none after two', () => {
  const seen = { acknowledged: ['a'], stored: { a: 3 } }
  expect(faultsOf({ ...seen, unknown: ['a'] })).toEqual(['1 events are in Redis more than once.'])
  expect(faultsOf({ ...seen, unknown: ['a', 'a'] })).toEqual([])
})

test('a producer that holds more than may wait is a fault', () => {
  const count = countEvents({ acknowledgedIds: [], unknownIds: [] }, new Map())
  expect(awayFaults(count, { grownMb: 31, boundMb: 30 })).toEqual([
    'The producer holds 31 MB more; what may wait for Redis takes 30 MB.',
  ])
})
