// The dedupe store: how long an id is known, how many buckets a generation has, and that every bucket is compact
// and expires. The clock is injected; Redis' own clock only runs the expiry.
import { expect, test } from 'vitest'

import {
  DEDUPE_BUCKET_TTL_S,
  DEDUPE_GENERATION_MS,
  dedupeGeneration,
} from '../src/dedupe/lookup.ts'
import { PartitionQueue } from '../src/index.ts'
import { memberAt, usePartitions } from './partition-setup.ts'
import type { Partition } from './partition-setup.ts'

const setup = usePartitions()

const DAY_MS = 86_400_000
/** Begin of a generation in 2026. */
const START = 1370 * DEDUPE_GENERATION_MS

const deliver = async ({ queue, token }: Partition, members: readonly string[]): Promise<void> => {
  for (let first = 0; first < members.length; first += 1000) {
    const positions = members.slice(first, first + 1000).map((member, position) => {
      return { position, member, outcome: 'delivered' as const }
    })
    await queue.settle({ token, jobs: [{ jobId: 'gone', count: positions.length, positions }] })
  }
}

const members = (count: number, name = 'job'): string[] =>
  Array.from({ length: count }, (_, position) => memberAt(name, position))

const buckets = async ({ redis, keys }: Partition): Promise<string[]> =>
  await redis.keys(`${keys.dedupe}:*`)

test('a look-up tells for each id whether it was delivered, in order', async () => {
  const partition = await setup()
  const [a, b, c] = members(3) as [string, string, string]
  await deliver(partition, [a, c])
  expect(await partition.queue.delivered([c, b, a, a])).toEqual([true, false, true, true])
  expect(await partition.queue.delivered([])).toEqual([])
})

test.each([
  ['at the begin of a generation', 0, 45],
  ['in its middle', DEDUPE_GENERATION_MS / 2, 37.5],
  ['in its last millisecond', DEDUPE_GENERATION_MS - 1, 30],
])('an id delivered %s is known for at least 30 and at most 45 days', async (_when, at, days) => {
  let now = START + at
  const partition = await setup({ now: () => now })
  await deliver(partition, ['-42'])
  now = START + at + 30 * DAY_MS - 1
  expect(await partition.queue.delivered(['-42'])).toEqual([true])
  now = START + at + days * DAY_MS - 1
  expect(await partition.queue.delivered(['-42'])).toEqual([true])
  now = START + at + days * DAY_MS + 1
  expect(await partition.queue.delivered(['-42'])).toEqual([false])
})

test('an id that is delivered again is known for a whole window again', async () => {
  let now = START
  const partition = await setup({ now: () => now })
  await deliver(partition, ['42'])
  now += 40 * DAY_MS
  await deliver(partition, ['42'])
  now += 30 * DAY_MS
  expect(await partition.queue.delivered(['42'])).toEqual([true])
})

test('ids of many generations are found together', async () => {
  let now = START
  const partition = await setup({ now: () => now })
  for (const name of ['a', 'b', 'c']) {
    await deliver(partition, members(50, name))
    now += DEDUPE_GENERATION_MS
  }
  now -= DEDUPE_GENERATION_MS
  const all = [...members(50, 'a'), ...members(50, 'b'), ...members(50, 'c'), ...members(50, 'd')]
  const known = await partition.queue.delivered(all)
  expect(known).toEqual(all.map((_, index) => index < 150))
})

test('two workers whose clocks disagree at the turn of a generation know the same ids', async () => {
  const ahead = await setup({ now: () => START + 1 })
  const { runner, keys } = ahead
  const behind = { ...ahead, queue: new PartitionQueue(runner, keys, () => START - 1) }
  await deliver(ahead, ['1', '2'])
  expect(await behind.queue.delivered(['1', '2', '3'])).toEqual([true, true, false])
  await deliver(behind, ['3'])
  expect(await behind.queue.delivered(['1', '2', '3'])).toEqual([true, true, true])
  expect(await ahead.queue.delivered(['1', '2', '3'])).toEqual([true, true, true])
})

test.each([
  [undefined, 3],
  [10, 1],
  [5_000, 1],
  [5_001, 2],
  [50_000, 2],
  [500_000, 3],
  [5_000_000, 4],
  [500_000_000, 6],
  [9_000_000_000, 6],
])('after a generation with %s ids a generation has buckets of %i digits', async (last, digits) => {
  const partition = await setup({ now: () => START })
  const { redis, keys } = partition
  const generation = dedupeGeneration(START)
  if (last !== undefined) await redis.hset(keys.dedupe, `volume:${generation - 1}`, last)
  await deliver(partition, ['-9223372036854775807'])
  expect(await redis.hget(keys.dedupe, `digits:${generation}`)).toBe(String(digits))
  expect(await buckets(partition)).toEqual([
    `${keys.dedupe}:${generation}:${'775807'.slice(-digits)}`,
  ])
})

test('the volume of a generation counts new ids only', async () => {
  const partition = await setup({ now: () => START })
  await deliver(partition, members(70))
  await deliver(partition, members(90))
  const { redis, keys } = partition
  expect(await redis.hget(keys.dedupe, `volume:${dedupeGeneration(START)}`)).toBe('90')
})

test('generations that nobody asks any more leave no field behind', async () => {
  let now = START
  const partition = await setup({ now: () => now })
  for (let generation = 0; generation < 7; generation += 1) {
    await deliver(partition, ['1'])
    now += DEDUPE_GENERATION_MS
  }
  expect(await partition.redis.hlen(partition.keys.dedupe)).toBe(8)
})

test.each([5, 5_000_000])(
  'every bucket expires, with %i ids in the generation before',
  async (last) => {
    const partition = await setup({ now: () => START })
    const { redis, keys } = partition
    await redis.hset(keys.dedupe, `volume:${dedupeGeneration(START) - 1}`, last)
    await deliver(partition, members(3000))
    const names = await buckets(partition)
    const ttls = await Promise.all(names.map(async (name) => await redis.ttl(name)))
    expect(names.length).toBeGreaterThanOrEqual(10)
    expect(Math.max(...ttls)).toBeLessThanOrEqual(DEDUPE_BUCKET_TTL_S)
    expect(Math.min(...ttls)).toBeGreaterThan(DEDUPE_BUCKET_TTL_S - 60)
  },
)

test('a bucket outlives the last look-up that asks it', () => {
  expect(DEDUPE_BUCKET_TTL_S * 1000).toBeGreaterThanOrEqual(3 * DEDUPE_GENERATION_MS)
})

test('a bucket of 512 ids is kept compactly, in about 10 bytes an id', async () => {
  const partition = await setup({ now: () => START })
  const { redis, keys } = partition
  await redis.hset(keys.dedupe, `volume:${dedupeGeneration(START) - 1}`, 1)
  // Far apart, negative and positive, all in the bucket of the digit 7.
  const inOneBucket = Array.from({ length: 512 }, (_, index) => {
    return (BigInt(index - 256) * 36_000_000_000_000_000n + (index < 256 ? -7n : 7n)).toString()
  })
  await deliver(partition, inOneBucket)
  const bucket = `${keys.dedupe}:${dedupeGeneration(START)}:7`
  expect(await buckets(partition)).toEqual([bucket])
  expect(await redis.scard(bucket)).toBe(512)
  expect(await redis.object('ENCODING', bucket)).toBe('intset')
  expect(await redis.memory('USAGE', bucket)).toBeLessThan(512 * 11)
})
