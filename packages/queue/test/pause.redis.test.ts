// The pause of a namespace in Redis.
import { expect, test } from 'vitest'

import {
  namespaceKeys,
  PauseStore,
  pauseScripts,
  ScriptRunner,
  WorkerRegistry,
} from '../src/index.ts'
import { TTL_MS, usePartitions } from './partition-setup.ts'

const setup = usePartitions()

const setupPause = async () => {
  const { runner, redis } = await setup()
  const keys = namespaceKeys(`p-${Math.random().toString(36).slice(2)}`)
  const pauses = new ScriptRunner(redis, pauseScripts)
  const registry = new WorkerRegistry(runner, keys, 'worker', TTL_MS)
  return { store: new PauseStore(pauses, keys), registry, keys, redis }
}

const pause = { detail: '60 of the last 200 events were rejected', by: 'worker', at: 77 }

test('every worker hears of a pause with its sign of life, until a person ends it', async () => {
  const { store, registry } = await setupPause()
  expect((await registry.register()).pause).toBe(null)
  await store.pause(pause)
  expect((await registry.register()).pause).toEqual(pause)
  expect(await store.resume({ who: 'ada', why: 'the rule is back' }, 99)).toEqual(pause)
  expect((await registry.register()).pause).toBe(null)
})

test('the first reason of a pause is kept', async () => {
  const { store, registry } = await setupPause()
  await store.pause(pause)
  await store.pause({ ...pause, detail: 'something else' })
  expect((await registry.register()).pause).toEqual(pause)
})

test('who ended a pause, and why, is written down; ending none writes nothing', async () => {
  const { store, keys, redis } = await setupPause()
  expect(await store.resume({ who: 'ada', why: 'nothing to end' }, 98)).toBe(null)
  await store.pause(pause)
  await store.resume({ who: 'ada', why: 'the rule is back' }, 99)
  const entries = await redis.lrange(keys.audit, 0, -1)
  expect(entries.map((entry) => JSON.parse(entry) as unknown)).toEqual([
    { verb: 'resume', who: 'ada', why: 'the rule is back', at: 99 },
  ])
})

test('a pause that cannot be read is a pause all the same', async () => {
  const { registry, keys, redis } = await setupPause()
  await redis.hset(keys.config, 'pause', 'by hand')
  expect((await registry.register()).pause?.detail).toContain('by hand')
})

test('a worker hears whether Redis still knows its namespace', async () => {
  const { registry, keys, redis } = await setupPause()
  expect((await registry.register()).isKnown).toBe(false)
  await redis.hset(keys.config, 'partitions', '4')
  expect((await registry.register()).isKnown).toBe(true)
})
