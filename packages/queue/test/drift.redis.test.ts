// What workers have seen of events, in Redis: it adds up, is bounded, fades and expires.

import { DRIFT_LIMITS, EventProfile, findDrift, retentionPlan } from '@retention-relay/events'
import type { FirstOperation, NamedProfile, SeenProfile } from '@retention-relay/events'
import type { Redis } from 'ioredis'
import { expect, test } from 'vitest'

import {
  driftScripts,
  namespaceKeys,
  readProfiles,
  readShapes,
  ScriptRunner,
  storeFirstOperations,
  storeProfile,
  storeShapes,
} from '../src/index.ts'
import type { NamespaceKeys } from '../src/index.ts'
import { CUSTOMER_BUCKETS } from '../src/drift/customers-script.ts'
import { usePartitions } from './partition-setup.ts'

type Data = Record<string, unknown>

const setup = usePartitions()
const DAY_MS = 24 * 60 * 60 * 1000

interface Store {
  readonly redis: Redis
  readonly keys: NamespaceKeys
  readonly runner: ScriptRunner
  /** Adds events as one worker does. */
  readonly add: (events: readonly Data[], name?: string, producer?: string) => Promise<boolean>
  readonly read: () => Promise<readonly SeenProfile[]>
  /** The keys of the only profile: itself and its windows. */
  readonly profileKeys: () => Promise<string[]>
}

async function setupStore(): Promise<Store> {
  const { redis } = await setup()
  const keys = namespaceKeys(`d-${Math.random().toString(36).slice(2)}`)
  const runner = new ScriptRunner(redis, driftScripts)
  await runner.load()
  return {
    redis,
    keys,
    runner,
    add: async (events, name = 'cart_updated', producer = 'unknown') => {
      return await storeProfile(runner, keys, named(events, name, producer))
    },
    read: async () => await readProfiles(redis, keys),
    profileKeys: async () => (await redis.keys(`${keys.drift}:*`)).toSorted(),
  }
}

function named(events: readonly Data[], name: string, producer: string): NamedProfile {
  const profile = new EventProfile()
  for (const data of events) profile.add(data)
  return { name, producer, profile }
}

function times(count: number, data: Data): Data[] {
  return Array.from({ length: count }, () => data)
}

test('what two workers have seen adds up, with the moments of first and last', async () => {
  const { add, read } = await setupStore()
  await add([{ value: 1, note: '' }, { value: '1' }])
  await add([{ value: null, items: [{ sku: 'A' }] }])
  const [profile] = await read()
  expect(profile).toMatchObject({ name: 'cart_updated', producer: 'unknown', events: 3, seen: 3 })
  const { value, note, ...others } = Object.fromEntries(profile!.fields)
  expect(Object.keys(others).toSorted()).toEqual(['items', 'items[]', 'items[].sku'])
  expect(value).toMatchObject({
    types: {
      number: { count: 1, first: { after: 0 } },
      string: { count: 1, first: { after: 0 } },
      null: { count: 1, first: { after: 2 } },
    },
    empty: 1,
    last: { after: 3 },
    recent: { values: 3, empty: 1 },
  })
  expect(note).toMatchObject({ types: { string: { count: 1 } }, empty: 1, last: { after: 2 } })
  expect(note!.last.at).toBeLessThanOrEqual(value!.last.at)
})

test('names and producers of any characters come back as they were', async () => {
  const { add, read } = await setupStore()
  const path = 'a b:c\n{d}\u{0}é'
  await add([{ [path]: 1 }], 'a name: of two\nlines', 'checkout@1.4.2')
  const [profile] = await read()
  expect(profile).toMatchObject({ name: 'a name: of two\nlines', producer: 'checkout@1.4.2' })
  expect([...profile!.fields.keys()]).toEqual([path])
})

test('a renamed field is found from what is stored', async () => {
  const { add, read } = await setupStore()
  await add(times(20, { cart_id: 'c-1', value: 19.9, items: [], currency: 'EUR' }))
  await add(times(20, { cart_id: 'c-1', cartTotal: 19.9, items: [], currency: 'EUR' }))
  const findings = findDrift(await read(), retentionPlan, Date.now())
  expect(findings.map(({ kind, field, critical }) => [kind, field, critical])).toEqual([
    ['vanished', 'value', true],
    ['unknown', 'cartTotal', false],
  ])
})

test('fields and profiles beyond the bounds are refused, and the known ones go on', async () => {
  const { add, read, redis, keys } = await setupStore()
  const fields = (from: number): Data[] =>
    Array.from({ length: 150 }, (_, n) => ({ [`field-${from + n}-of-many`]: 1 }))
  await add(fields(0))
  await add(fields(100))
  const [profile] = await read()
  expect(profile!.fields.size).toBe(DRIFT_LIMITS.fields)
  expect(profile!.over).toBe(250 - DRIFT_LIMITS.fields)
  expect(profile!.fields.get('field-120-of-many')!.last.after).toBe(300)

  for (let n = 1; n < DRIFT_LIMITS.profiles; n += 1) await add([{ value: 1 }], `name-${n}`)
  expect(await add([{ value: 1 }], 'one-too-many')).toBe(false)
  expect(await add([{ value: 1 }], 'name-7')).toBe(true)
  expect(await read()).toHaveLength(DRIFT_LIMITS.profiles)
  // One that was quiet for an hour gives its place.
  await redis.zadd(keys.drift, Date.now() - 3_600_000, 'unknown name-9')
  expect(await add([{ value: 1 }], 'one-too-many')).toBe(true)
  const names = (await read()).map(({ name }) => name)
  expect(names).toHaveLength(DRIFT_LIMITS.profiles)
  expect(names).not.toContain('name-9')
})

test('the newest events are the last two windows', async () => {
  const { add, read, redis, profileKeys } = await setupStore()
  const [a, b, c] = ['', 'B', 'C'].map((note) => times(25, { note }))
  const recent = async (): Promise<unknown> => (await read())[0]!.fields.get('note')!.recent
  const passMinute = async (): Promise<void> => {
    const [profile = ''] = await profileKeys()
    await redis.hset(profile, 'windowAt', Date.now() - 60_000)
  }
  await add(a!)
  await add(a!)
  expect(await recent()).toEqual({ values: 50, empty: 50 })
  await passMinute()
  await add(b!)
  expect(await recent()).toEqual({ values: 75, empty: 50 })
  await passMinute()
  await add(c!)
  expect(await recent()).toEqual({ values: 50, empty: 0 })
})

test('after a week counts are halved, and a field that was not seen for two is forgotten', async () => {
  const { add, read, redis, profileKeys } = await setupStore()
  await add(times(10, { value: '', gone: 1 }))
  const [profile = ''] = await profileKeys()
  await redis.hset(
    profile,
    'halvedAt',
    Date.now() - 7 * DAY_MS,
    'l:gone',
    `${Date.now() - 14 * DAY_MS}:10`,
  )
  await add([{ value: 'x' }])
  const [seen] = await read()
  expect([...seen!.fields.keys()]).toEqual(['value'])
  expect(seen).toMatchObject({ events: 6, seen: 11 })
  expect(seen!.fields.get('value')).toMatchObject({ types: { string: { count: 6 } }, empty: 5 })
  expect(await redis.hget(profile, 'fields')).toBe('1')
  const left = Object.keys(await redis.hgetall(profile)).filter((field) => field.endsWith(':gone'))
  expect(left).toEqual([])
})

test('every key expires when nobody sends any more', async () => {
  const { add, runner, redis, keys, profileKeys } = await setupStore()
  await add([{ value: 1 }])
  await storeShapes(runner, keys, new Map([['integer', 1]]))
  const all = [keys.drift, keys.idShapes, ...(await profileKeys())]
  expect(all).toHaveLength(4)
  for (const key of all) {
    const ttlMs = await redis.pttl(key)
    expect([key, ttlMs > 13 * DAY_MS && ttlMs <= 14 * DAY_MS]).toEqual([key, true])
  }
})

test('shapes of customer ids are counted, bounded, and forgotten after two weeks', async () => {
  const { runner, redis, keys } = await setupStore()
  const store = async (...shapes: string[]): Promise<void> =>
    await storeShapes(runner, keys, new Map(shapes.map((shape) => [shape, 2])))
  await store('integer', 'uuid')
  await store('integer')
  const [first, second] = await readShapes(redis, keys)
  expect(first).toMatchObject({ shape: 'integer', events: 4 })
  expect(second).toMatchObject({ shape: 'uuid', events: 2 })
  expect(first!.firstAt).toBeLessThanOrEqual(first!.lastAt)

  await redis.hset(keys.idShapes, 'l:uuid', Date.now() - 14 * DAY_MS)
  await store(...'abcdefghijklmnopqrstuvwxyz'.split('').map((letter) => `${letter}_*`))
  const shapes = await readShapes(redis, keys)
  expect(shapes.map(({ shape }) => shape)).not.toContain('uuid')
  expect(shapes).toHaveLength(21)
  expect(shapes.find(({ shape }) => shape === 'other')).toMatchObject({ events: 14 })
})

test('a customer is new once, and what it was seen with first counts', async () => {
  const { runner, redis, keys } = await setupStore()
  const store = async (
    ...customers: readonly (readonly [string, FirstOperation])[]
  ): Promise<unknown> => await storeFirstOperations(runner, keys, new Map(customers))
  const first = await store(
    ['-5123', 'track'],
    ['77', 'identify'],
    ['9000000000000000077', 'other'],
  )
  expect(first).toEqual({ track: 1, identify: 1, other: 1 })
  expect(await store(['-5123', 'identify'], ['78', 'track'])).toEqual({
    track: 1,
    identify: 0,
    other: 0,
  })
  const many = Array.from({ length: 5000 }, (_, n) => [String(1_000_000 + n), 'track'] as const)
  expect(await store(...many)).toMatchObject({ track: 5000 })
  expect(await store(...many)).toMatchObject({ track: 0 })
  const sets = await redis.keys(`${keys.customers}:*`)
  expect(sets.length).toBeLessThanOrEqual(CUSTOMER_BUCKETS + 2)
  for (const set of sets.slice(0, 5)) {
    const ttlS = await redis.ttl(set)
    expect(ttlS > 0 && ttlS <= (400 * DAY_MS) / 1000).toBe(true)
  }
})
