// Profiles are built as the store builds them: additions, each of some events, with the moments of first and last.

import { expect, test } from 'vitest'
import * as z from 'zod'

import { EventProfile, JSON_TYPES } from '../../src/drift/event-profile.ts'
import { findDrift } from '../../src/drift/find-drift.ts'
import type { SeenField, SeenProfile } from '../../src/drift/seen-profile.ts'
import { defineEvent, defineTrackingPlan, retentionPlan } from '../../src/index.ts'

type Data = Record<string, unknown>

const NOW = 1_796_000_000_000
const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

const plan = defineTrackingPlan({
  extends: retentionPlan,
  events: [
    defineEvent({
      name: 'basket_left',
      description: 'A basket was left.',
      version: 1,
      schema: z.looseObject({
        cart_value: z.number().optional(),
        coupon: z.string().optional(),
        stock: z.record(z.string(), z.number()).optional(),
        lines: z.array(z.strictObject({ sku: z.string(), note: z.string().nullable() })).optional(),
        gift: z
          .union([z.strictObject({ pack: z.string() }), z.strictObject({ pack: z.number() })])
          .optional(),
      }),
      critical: ['cart_value', 'lines[].sku'],
      checks: 'off',
    }),
  ],
})

/** Data of events, added together at a time. */
interface Addition {
  readonly at: number
  readonly events: readonly Data[]
}

function times(count: number, data: Data): Data[] {
  return Array.from({ length: count }, () => data)
}

/** What the store makes of additions; the last one is the newest window. */
function seen(
  additions: readonly Addition[],
  { name = 'basket_left', producer = 'unknown' } = {},
): SeenProfile {
  const fields = new Map<string, SeenField>()
  let before = 0
  for (const [index, { at, events }] of additions.entries()) {
    const profile = new EventProfile()
    for (const data of events) profile.add(data)
    const after = before + events.length
    for (const { path, types, empty } of profile.fields) {
      const known = fields.get(path)
      const values = types.reduce((sum, count) => sum + count, 0)
      const isNewest = index === additions.length - 1
      const merged = JSON_TYPES.flatMap((type, place) => {
        const count = (known?.types[type]?.count ?? 0) + types[place]!
        const first = known?.types[type]?.first ?? { at, after: before }
        return count === 0 ? [] : [[type, { count, first }] as const]
      })
      fields.set(path, {
        path,
        types: Object.fromEntries(merged),
        empty: (known?.empty ?? 0) + empty,
        last: { at, after },
        recent: isNewest ? { values, empty } : { values: 0, empty: 0 },
      })
    }
    before = after
  }
  for (const [path, field] of fields) {
    if (field.last.after < before) fields.set(path, { ...field, recent: { values: 0, empty: 0 } })
  }
  const [first, last] = [additions[0]!.at, additions.at(-1)!.at]
  return {
    name,
    producer,
    events: before,
    seen: before,
    firstAt: first,
    lastAt: last,
    recentAt: last,
    over: 0,
    fields,
  }
}

function found(...profiles: SeenProfile[]): string[] {
  return findDrift(profiles, plan, NOW).map(({ kind, field, critical, producer }) => {
    return `${critical ? 'critical ' : ''}${kind} ${field} (${producer})`
  })
}

const OLD = { at: NOW - 10 * MINUTE_MS, events: times(100, { cart_value: 19.9 }) }

test('a renamed field is one that vanished, which is critical and comes first, and an unknown one', () => {
  const renamed = { at: NOW, events: times(20, { cartTotal: 19.9 }) }
  expect(found(seen([OLD, renamed]))).toEqual([
    'critical vanished cart_value (unknown)',
    'unknown cartTotal (unknown)',
  ])
})

test('a new version of a service is compared with its older ones, from its tenth event on', () => {
  const before = seen([OLD], { producer: 'checkout@1.4.2' })
  const version = (count: number): SeenProfile =>
    seen([{ at: NOW, events: times(count, { cartTotal: 1 }) }], { producer: 'checkout@1.5.0' })
  expect(found(before, version(9))).toEqual(['unknown cartTotal (checkout@1.5.0)'])
  expect(found(before, version(10))).toEqual([
    'critical vanished cart_value (checkout@1.5.0)',
    'unknown cartTotal (checkout@1.5.0)',
  ])
  const other = seen([{ at: NOW, events: times(50, { coupon: 'A' }) }], { producer: 'mobile@1' })
  expect(found(before, other)).toEqual([])
})

test('what stays as it is gives no finding, however rare a field is', () => {
  const mixed = [...times(95, { cart_value: 1 }), ...times(5, { cart_value: 2, coupon: 'A' })]
  const quiet = { at: NOW, events: times(30, { cart_value: 1 }) }
  expect(found(seen([{ at: OLD.at, events: mixed }, quiet]))).toEqual([])
  expect(
    found(
      seen([
        { at: OLD.at, events: mixed },
        { at: NOW, events: mixed },
      ]),
    ),
  ).toEqual([])
})

test('a value of another type than the plan says is found, and null is no type', () => {
  const text = [...times(3, { cart_value: '19.90' }), ...times(20, { cart_value: null })]
  const [finding] = findDrift([seen([OLD, { at: NOW, events: text }])], plan, NOW)
  expect(finding).toMatchObject({ kind: 'type', field: 'cart_value', critical: true, since: NOW })
  expect(finding!.message).toBe('it was number; 2 % of its values are string')
  expect(found(seen([OLD, { at: NOW, events: times(2, { cart_value: '1' }) }]))).toEqual([])
})

test('in a choice of objects a field has the types of all of them', () => {
  const gift = (pack: unknown): Data[] => times(12, { gift: { pack } })
  expect(found(seen([{ at: NOW, events: [...gift('S'), ...gift(2)] }]))).toEqual([])
  expect(found(seen([{ at: NOW, events: gift(true) }]))).toEqual(['type gift.pack (unknown)'])
})

test('keys of a record come and go, and their values have the type that the record says', () => {
  const stock = (value: unknown) => ({ at: NOW, events: times(20, { stock: { north: value } }) })
  expect(
    found(seen([OLD, { ...stock(3), events: times(20, { cart_value: 1, stock: { north: 3 } }) }])),
  ).toEqual([])
  const north = { at: OLD.at, events: times(50, { stock: { north: 3 } }) }
  expect(found(seen([north, { at: NOW, events: times(50, { stock: { south: 3 } }) }]))).toEqual([])
  expect(found(seen([stock('3')]))).toEqual(['type stock.north (unknown)'])
})

test('where no plan speaks, a type that came later is found', () => {
  const name = 'stranger'
  const old = { at: OLD.at, events: times(50, { items: 'A,B' }) }
  const now = { at: NOW, events: times(10, { items: [{ sku: 'A' }] }) }
  expect(found(seen([old, now], { name }))).toEqual([
    'type items (unknown)',
    'unknown items[] (unknown)',
  ])
  expect(found(seen([{ at: NOW, events: [...old.events, ...now.events] }], { name }))).toEqual([])
})

test('a share of empty values that jumps is found', () => {
  const now = [...times(8, { cart_value: 1, coupon: '' }), ...times(8, { coupon: 'A' })]
  const old = { at: OLD.at, events: times(100, { cart_value: 1, coupon: 'A' }) }
  expect(found(seen([old, { at: NOW, events: now }]))).toEqual(['empty coupon (unknown)'])
  const always = { at: OLD.at, events: now }
  expect(found(seen([always, { at: NOW, events: now }]))).toEqual([])
})

test('what the plan requires is missed from the first events on, in objects where there are any', () => {
  const lines = [{ note: null }]
  expect(found(seen([{ at: NOW, events: times(12, { lines }) }]))).toEqual([
    'critical vanished lines[].sku (unknown)',
  ])
  expect(found(seen([{ at: NOW, events: times(12, { lines: [] }) }]))).toEqual([])
  expect(found(seen([{ at: NOW, events: times(9, { lines }) }]))).toEqual([])
})

test('what an object or list would hold is missed only where enough of them come with content', () => {
  const full = [{ sku: 'A', note: null }]
  const old = { at: OLD.at, events: times(100, { lines: full }) }
  const now = (events: Data[]) => found(seen([old, { at: NOW, events }]))
  expect(now(times(10, { lines: [] }))).toEqual(['critical empty lines (unknown)'])
  expect(now(times(10, { lines: [{}] }))).toEqual(['critical empty lines[] (unknown)'])
  const bare = times(9, { lines: [{ note: null }] })
  expect(now([...times(40, { lines: [] }), ...bare])).toEqual(['critical empty lines (unknown)'])
  expect(now([...times(40, { lines: full.slice(1) }), ...bare, ...bare])).toEqual([
    'critical vanished lines[].sku (unknown)',
    'critical empty lines (unknown)',
  ])
})

test('what an optional object requires is not missed when the object itself stays away', () => {
  const old = { at: NOW - 9 * DAY_MS, events: times(100, { lines: [{ sku: 'A', note: null }] }) }
  const gone = { at: NOW, events: times(500, { cart_value: 1 }) }
  expect(found(seen([old, gone]))).toEqual([])
  expect(found(seen([{ ...old, at: NOW - DAY_MS }, gone]))).toEqual([
    'critical vanished lines (unknown)',
  ])
})

test('of an object that is gone, or is new, only itself is told', () => {
  const old = { at: OLD.at, events: times(50, { lines: [{ sku: 'A', note: null }] }) }
  const now = { at: NOW, events: times(50, { rows: [{ sku: 'A', note: null }] }) }
  expect(found(seen([old, now]))).toEqual([
    'critical vanished lines (unknown)',
    'unknown rows (unknown)',
  ])
})

test('after seven days a change is no news, and what nobody sends any more is none either', () => {
  const weekOld = NOW - 8 * DAY_MS
  const renamed = (at: number): Data[] => times(20, { cartTotal: at })
  const old = { at: NOW - 9 * DAY_MS, events: OLD.events }
  expect(found(seen([old, { at: weekOld, events: renamed(1) }, { at: NOW, events: [] }]))).toEqual(
    [],
  )
  expect(found(seen([old, { at: weekOld, events: renamed(1) }]))).toEqual([])
})
