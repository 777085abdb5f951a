// Customers who were identified here, in Redis: none is forgotten, the sets are bounded and expire.
import { expect, test } from 'vitest'

import { IDENTIFIED_PER_SET } from '../src/identified/identified-script.ts'
import { findUnidentified, identifiedScripts, ScriptRunner } from '../src/index.ts'
import { usePartitions } from './partition-setup.ts'

const setup = usePartitions()

const setupStore = async () => {
  const { redis } = await setup()
  const namespace = `i-${Math.random().toString(36).slice(2)}`
  const runner = new ScriptRunner(redis, identifiedScripts)
  const look = async (identified: readonly string[], asked: readonly string[]) =>
    await findUnidentified(runner, namespace, { identified, asked })
  const keys = async (): Promise<string[]> => await redis.keys(`{relay:${namespace}:t*`)
  return { redis, look, keys }
}

test('of many customers exactly those who were identified are known', async () => {
  const { look } = await setupStore()
  const customers = Array.from({ length: 2000 }, (_, index) => `gid://shopify/Customer/${index}`)
  const [identified, others] = [customers.slice(0, 1000), customers.slice(1000)]
  expect(await look(identified, others)).toEqual(new Set(others))
  expect(await look([], customers)).toEqual(new Set(others))
})

test('a customer who is identified and asked for in one look is known', async () => {
  const { look } = await setupStore()
  expect(await look(['anna'], ['anna', 'ben'])).toEqual(new Set(['ben']))
})

test('the sets expire, later after each look', async () => {
  const { redis, look, keys } = await setupStore()
  await look(['anna'], [])
  const [key = ''] = await keys()
  const days = (seconds: number): number => Math.round(seconds / 86_400)
  expect(days(await redis.ttl(key))).toBe(400)
  await redis.expire(key, 100)
  await look([], ['anna'])
  expect(days(await redis.ttl(key))).toBe(400)
})

test('a full set takes nobody more, and everybody of it counts as identified', async () => {
  const { redis, look, keys } = await setupStore()
  await look(['anna'], [])
  const [key = ''] = await keys()
  await redis.del(key)
  await redis.sadd(key, ...Array.from({ length: IDENTIFIED_PER_SET }, (_, index) => index))
  expect(await look([], ['anna'])).toEqual(new Set())
  await look(['anna'], [])
  expect(await redis.scard(key)).toBe(IDENTIFIED_PER_SET)
})
