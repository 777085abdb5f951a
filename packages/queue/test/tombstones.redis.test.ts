// Tombstones in Redis: what an order closed, and when.
import type { Tombstones } from '@retention-relay/events'
import { expect, test } from 'vitest'

import { readTombstones, ScriptRunner, tombstoneScripts, writeTombstones } from '../src/index.ts'
import { tombstoneKey } from '../src/keys.ts'
import { usePartitions } from './partition-setup.ts'

const setup = usePartitions()
const MARK = 'a7'.repeat(16)

const setupStones = async () => {
  const { redis } = await setup()
  const namespace = `t-${Math.random().toString(36).slice(2)}`
  const runner = new ScriptRunner(redis, tombstoneScripts)
  const write = async (changes: Partial<Tombstones>): Promise<void> => {
    const stones = { id: 'order-1', marks: [MARK], occurredAt: 1000, ttlMs: 60_000, ...changes }
    await writeTombstones(runner, namespace, stones)
  }
  const read = async (...marks: string[]) => await readTombstones(redis, namespace, marks)
  return { redis, namespace, write, read }
}

test('the newest tombstone of a scope stands', async () => {
  const { write, read } = await setupStones()
  await write({})
  await write({ id: 'order-2', occurredAt: 2000 })
  await write({ id: 'order-3', occurredAt: 1500 })
  expect((await read(MARK)).get(MARK)).toBe(2000)
})

test('the same order told again later does not close what was begun since', async () => {
  const { write, read } = await setupStones()
  await write({})
  await write({ occurredAt: 9000 })
  expect((await read(MARK)).get(MARK)).toBe(1000)
})

test('an order told again after another one closes nothing anew either', async () => {
  const { write, read } = await setupStones()
  await write({})
  await write({ id: 'order-2', occurredAt: 2000 })
  await write({ occurredAt: 9000 })
  await write({ id: 'order-3', occurredAt: 1500 })
  await write({ id: 'order-3', occurredAt: 9000 })
  await write({ id: 'order-2', occurredAt: 9000 })
  expect((await read(MARK)).get(MARK)).toBe(2000)
  await write({ id: 'order-4', occurredAt: 3000 })
  expect((await read(MARK)).get(MARK)).toBe(3000)
})

test('of very many orders of a customer the last eight are remembered, and the newest stands', async () => {
  const { redis, namespace, write, read } = await setupStones()
  for (let order = 1; order <= 20; order += 1) {
    await write({ id: `order-${order}`, occurredAt: 1000 * order })
  }
  await write({ id: 'order-13', occurredAt: 90_000 })
  expect((await read(MARK)).get(MARK)).toBe(20_000)
  const value = await redis.get(tombstoneKey(namespace, MARK))
  expect(value?.split(' ')).toHaveLength(8)
})

test('a tombstone expires', async () => {
  const { redis, namespace, write } = await setupStones()
  await write({ ttlMs: 60_000 })
  const ttlMs = await redis.pttl(tombstoneKey(namespace, MARK))
  expect(ttlMs).toBeGreaterThan(0)
  expect(ttlMs).toBeLessThanOrEqual(60_000)
})

test('of many marks in many slots each is found at its place', async () => {
  const { write, read } = await setupStones()
  const marks = Array.from({ length: 150 }, (_, index) =>
    index.toString(16).padStart(2, '0').repeat(16),
  )
  await write({ marks: marks.filter((_, index) => index % 2 === 0) })
  const found = await read(...marks)
  expect(marks.map((mark) => found.get(mark))).toEqual(
    marks.map((_, index) => (index % 2 === 0 ? 1000 : undefined)),
  )
})
