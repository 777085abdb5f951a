// Leases and the registry of live workers.
import { Queue } from 'bullmq'
import { expect, test } from 'vitest'

import { LeaseStore, namespaceKeys, partitionKeys } from '../src/index.ts'
import { openBull, TTL_MS, usePartitions, registryOf } from './partition-setup.ts'

const setup = usePartitions()

test('a free lease is acquired for its ttl; the reply names the version of BullMQ', async () => {
  const { leases, keys, redis, bull } = await setup({ leased: false })
  expect(await leases.acquire(keys, 'worker#1')).toEqual({
    held: true,
    owner: 'worker#1',
    paused: false,
    layoutVersion: '',
  })
  expect(await redis.pttl(keys.lease)).toBeGreaterThan(TTL_MS - 5000)
  await bull.waitUntilReady()
  await bull.add('events-1', {})
  expect(await leases.renew(keys, ['worker#1'])).toMatchObject({ layoutVersion: 'bullmq:6.7.0' })
})

test('a lease of another worker is not acquired', async () => {
  const { leases, keys, redis, runner } = await setup({ leased: false })
  const other = new LeaseStore(runner, 'work', TTL_MS)
  await other.acquire(keys, 'work#1')
  expect(await leases.acquire(keys, 'worker#1')).toMatchObject({ held: false, owner: 'work#1' })
  expect(await redis.get(keys.lease)).toBe('work#1')
})

test("a worker whose id begins with another's does not take its lease", async () => {
  const { leases, keys, runner } = await setup()
  const other = new LeaseStore(runner, 'work', TTL_MS)
  expect(await other.acquire(keys, 'work#9')).toMatchObject({ held: false, owner: 'worker#1' })
  expect(await leases.renew(keys, ['worker#1'])).toMatchObject({ held: true })
})

test('a lease that an earlier session of the same worker left behind is taken over with a new token', async () => {
  const { leases, keys, redis, queue } = await setup()
  await redis.pexpire(keys.lease, 5000)
  expect(await leases.acquire(keys, 'worker#7')).toMatchObject({ held: true, owner: 'worker#7' })
  expect(await redis.pttl(keys.lease)).toBeGreaterThan(5000)
  const claim = { token: 'worker#1', maxJobs: 1, maxBytes: 1, held: 0 }
  expect(await queue.claim(claim)).toEqual({ kind: 'lost' })
})

test('a lease ends by itself when it is not renewed', async () => {
  const { runner, keys, redis } = await setup({ leased: false })
  const leases = new LeaseStore(runner, 'worker', 1)
  await leases.acquire(keys, 'worker#1')
  await expect.poll(async () => await redis.exists(keys.lease)).toBe(0)
  expect(await leases.renew(keys, ['worker#1'])).toMatchObject({ held: false, owner: '' })
})

test('renewing prolongs the lease, whichever of the given tokens holds it', async () => {
  const { leases, keys, redis } = await setup()
  await redis.pexpire(keys.lease, 5000)
  expect(await leases.renew(keys, ['worker#0', 'worker#1'])).toMatchObject({ held: true })
  expect(await redis.pttl(keys.lease)).toBeGreaterThan(5000)
})

test('renewing with tokens that do not hold it prolongs nothing', async () => {
  const { leases, keys, redis } = await setup()
  await redis.pexpire(keys.lease, 5000)
  const reply = await leases.renew(keys, ['worker#0', 'worker#2'])
  expect(reply).toMatchObject({ held: false, owner: 'worker#1' })
  expect(await redis.pttl(keys.lease)).toBeLessThanOrEqual(5000)
})

test('a released lease is free; releasing another one frees nothing', async () => {
  const { leases, keys, redis } = await setup()
  expect(await leases.release(keys, ['worker#2'])).toMatchObject({ held: false })
  expect(await redis.get(keys.lease)).toBe('worker#1')
  expect(await leases.release(keys, ['worker#2', 'worker#1'])).toMatchObject({ held: true })
  expect(await redis.exists(keys.lease)).toBe(0)
})

test('acquiring and renewing tell whether the queue is paused', async () => {
  const { leases, keys, bull } = await setup()
  await bull.pause()
  expect(await leases.renew(keys, ['worker#1'])).toMatchObject({ paused: true })
  expect(await leases.acquire(keys, 'worker#2')).toMatchObject({ paused: true })
  await bull.resume()
  expect(await leases.renew(keys, ['worker#2'])).toMatchObject({ paused: false })
})

test("a dashboard that switches BullMQ's event stream on has it switched off by the next renewal", async () => {
  const { leases, keys, redis, bull } = await setup()
  await bull.add('events-1', {})
  const dashboard = new Queue(bull.name, { prefix: keys.prefix, connection: redis })
  const maxLen = async (): Promise<unknown> => await redis.hget(keys.meta, 'opts.maxLenEvents')
  await expect.poll(maxLen).toBe('10000')
  await leases.renew(keys, ['worker#0'])
  expect(await maxLen()).toBe('10000')
  await leases.renew(keys, ['worker#1'])
  expect(await maxLen()).toBe('0')
  await dashboard.close()
})

test('no command of the lease makes a queue where BullMQ has made none', async () => {
  const { leases, redis } = await setup({ leased: false })
  const keys = partitionKeys({ namespace: 'untouched', generation: 1, partition: 0 })
  await leases.acquire(keys, 'worker#1')
  await leases.renew(keys, ['worker#1'])
  await leases.release(keys, ['worker#1'])
  expect(await redis.exists(keys.meta)).toBe(0)
})

test('a queue of ours keeps the event stream off', async () => {
  const { keys, redis } = await setup()
  const bull = openBull(keys, redis)
  await bull.add('events-1', {})
  expect(await redis.hget(keys.meta, 'opts.maxLenEvents')).toBe('0')
  await bull.close()
})

test('live workers are those that registered and did not leave', async () => {
  const { runner } = await setup({ leased: false })
  const keys = namespaceKeys('registry')
  const [one, two] = ['b', 'a'].map((id) => registryOf(runner, keys, id))
  expect((await one?.register())?.live).toEqual(['b'])
  expect((await two?.register())?.live.toSorted()).toEqual(['a', 'b'])
  expect((await one?.leave())?.live).toEqual(['a'])
  expect((await two?.register())?.live).toEqual(['a'])
})

test('a worker that does not renew its entry is not counted any more', async () => {
  const { runner, redis } = await setup({ leased: false })
  const keys = namespaceKeys('registry-lapse')
  await registryOf(runner, keys, 'dead').register()
  await redis.zadd(keys.workers, Date.now() - 1, 'dead')
  expect((await registryOf(runner, keys, 'alive').register()).live).toEqual(['alive'])
  expect(await redis.zcard(keys.workers)).toBe(1)
})
