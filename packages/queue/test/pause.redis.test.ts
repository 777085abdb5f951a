// The pause of a namespace in Redis.
import { expect, test } from 'vitest'

import {
  namespaceKeys,
  openNamespace,
  PauseStore,
  pauseScripts,
  ScriptRunner,
} from '../src/index.ts'
import { registryOf, usePartitions } from './partition-setup.ts'

const setup = usePartitions()

const setupPause = async () => {
  const { runner, redis } = await setup()
  const namespace = `p-${Math.random().toString(36).slice(2)}`
  const keys = namespaceKeys(namespace)
  const pauses = new ScriptRunner(redis, pauseScripts)
  const registry = registryOf(runner, keys, 'worker')
  return { store: new PauseStore(pauses, keys), runner, registry, keys, redis, namespace }
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

test('a worker hears once that Redis was emptied', async () => {
  const { registry, keys, redis } = await setupPause()
  const emptied = async (): Promise<boolean> => (await registry.register()).wasEmptied
  expect([await emptied(), await emptied()]).toEqual([true, false])
  await redis.hset(keys.config, { partitions: '4', createdAt: 'later' })
  expect([await emptied(), await emptied()]).toEqual([false, false])
})

test('a worker hears of it also when another one has set the namespace up again, and at its leave', async () => {
  const { runner, keys, redis, namespace } = await setupPause()
  const { createdAt } = await openNamespace(redis, { namespace })
  const own = registryOf(runner, keys, 'own', createdAt)
  expect((await own.register()).wasEmptied).toBe(false)
  await redis.hset(keys.config, 'createdAt', `${createdAt}1`)
  expect((await own.leave()).wasEmptied).toBe(true)
})
