import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { DRIFT_LIMITS, EventProfile } from '../../src/drift/event-profile.ts'

type Data = Record<string, unknown>

/** Counts by path, in no order: `n` values of each type, then the empty ones. */
function countsOf(profile: EventProfile): Record<string, readonly number[]> {
  const entries = profile.fields.map(({ path, types, empty }) => [path, [...types, empty]] as const)
  return Object.fromEntries(entries)
}

function profileOf(events: readonly Data[]): EventProfile {
  const profile = new EventProfile()
  for (const data of events) profile.add(data)
  return profile
}

/** Few names, so that events share fields and the bound is not reached. */
const value = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<unknown>('', 'text', 0, 19.9, true, null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'p@x', '17'), tie('value'), { maxKeys: 3 }),
  ),
})).value
const events = fc.array(fc.dictionary(fc.constantFrom('a', 'b', 'c'), value))

test('fields are seen by path, type and emptiness', () => {
  const items = [{ sku: 'A' }, { sku: '' }]
  const profile = profileOf([
    { value: 19.9, address: { country: 'DE' }, items },
    { value: '19.90', address: {}, items: [], note: null },
  ])
  expect(profile.events).toBe(2)
  // string, number, boolean, object, array, null; empty
  expect(countsOf(profile)).toEqual({
    value: [1, 1, 0, 0, 0, 0, 0],
    address: [0, 0, 0, 2, 0, 0, 1],
    'address.country': [1, 0, 0, 0, 0, 0, 0],
    items: [0, 0, 0, 0, 2, 0, 1],
    'items[]': [0, 0, 0, 2, 0, 0, 0],
    'items[].sku': [2, 0, 0, 0, 0, 0, 1],
    note: [0, 0, 0, 0, 0, 1, 1],
  })
})

test('the profiles of two workers add up to the profile of all events', () => {
  fc.assert(
    fc.property(events, events, (here, there) => {
      const merged = profileOf(here)
      merged.merge(profileOf(there))
      const whole = profileOf([...here, ...there])
      expect(countsOf(merged)).toEqual(countsOf(whole))
      expect([merged.events, merged.over]).toEqual([whole.events, whole.over])
    }),
  )
})

test('of ten thousand field names the bound is kept, and every other one counted', () => {
  const names = Array.from({ length: 10_000 }, (_, n) => `field-${n}-of-a-stranger`)
  const profile = profileOf([Object.fromEntries(names.map((name) => [name, 1]))])
  expect(profile.fields).toHaveLength(DRIFT_LIMITS.fields)
  expect(profile.over).toBe(10_000 - DRIFT_LIMITS.fields)
  const other = profileOf([{ another: 1 }])
  other.merge(profile)
  expect(other.fields).toHaveLength(DRIFT_LIMITS.fields)
  expect(other.over).toBe(10_000 - DRIFT_LIMITS.fields + 1)
})

test('long paths, deep objects and long arrays are not followed', () => {
  let deep: unknown = 1
  for (let level = 0; level < 5000; level += 1) deep = level % 2 === 0 ? [deep] : { deep }
  const profile = profileOf([
    { ['x'.repeat(DRIFT_LIMITS.pathLength + 1)]: 1 },
    { deep },
    { items: Array.from({ length: 1000 }, () => 'A') },
  ])
  expect(profile.fields.length).toBeLessThan(12)
  expect(profile.over).toBe(2)
  expect(countsOf(profile)['items[]']).toEqual([DRIFT_LIMITS.items, 0, 0, 0, 0, 0, 0])
})

test('keys that are values of the shop are one field, and no address of a person is kept', () => {
  const profile = profileOf([
    { quantities: { 17: 1, 18: 2 }, sent: { 'anna@example.com': true } },
    { quantities: { 19: 1 } },
  ])
  expect(profile.fields.map(({ path }) => path)).toEqual([
    'quantities',
    'quantities.*',
    'sent',
    'sent.*',
  ])
})

test('names of the language are fields like others', () => {
  const data = JSON.parse('{"__proto__":1,"constructor":"x","toString":[]}') as Data
  expect(Object.keys(data)).toHaveLength(3)
  const paths = profileOf([data]).fields.map(({ path }) => path)
  expect(paths).toEqual(['__proto__', 'constructor', 'toString'])
})
