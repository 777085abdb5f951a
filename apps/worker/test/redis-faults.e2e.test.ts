// What the worker does about the Redis that it is given. One that can never be used, or that endangers data in
// production, ends the start with exit code 78 and the remedy. One that is away is waited for.

import { once } from 'node:events'
import { createServer } from 'node:http'

import { startMock } from '@retention-relay/mock-customerio'
import { startTestRedis, until } from '@retention-relay/testkit'
import { expect, onTestFinished, test } from 'vitest'

import { PartitionOutside, track } from './jobs.ts'
import { settingsOf } from './settings.ts'
import { ObservedWorker } from './observed-worker.ts'

/** Runs to the end; what it says to a person. */
async function refuse(worker: ObservedWorker): Promise<string> {
  expect(await worker.process.exited).toEqual({ code: 78, signal: null })
  expect(worker.output).not.toMatch(/^\s+at /m)
  return worker.process.stderr.join('\n')
}

test('a wrong password ends the start and is not shown', async () => {
  const redis = await startTestRedis({
    port: true,
    args: ['--requirepass', 'right'],
    onEnd: onTestFinished,
  })
  const url = `redis://:hunter2@127.0.0.1:${redis.port}`
  const worker = new ObservedWorker({ ...settingsOf('test'), REDIS_URL: url })
  expect(await refuse(worker)).toBe(
    'RELAY_REDIS_UNUSABLE: This Redis cannot be used: Redis refuses the user name or the password. Correct the credentials in REDIS_URL.',
  )
  expect(worker.output).not.toContain('hunter2')
})

test('a server that is not a Redis ends the start', async () => {
  const other = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1')
  await once(other, 'listening')
  onTestFinished(() => void other.close())
  const address = other.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const url = `redis://127.0.0.1:${address.port}`
  const worker = new ObservedWorker({ ...settingsOf('test'), REDIS_URL: url })
  expect(await refuse(worker)).toMatch(
    /^RELAY_REDIS_UNUSABLE: .*does not speak the protocol of Redis\. Correct host and port of REDIS_URL/,
  )
})

test('a read-only replica ends the start', async () => {
  const master = await startTestRedis({ port: true, onEnd: onTestFinished })
  const replica = await startTestRedis({
    args: ['--replicaof', `127.0.0.1 ${master.port}`],
    onEnd: onTestFinished,
  })
  const worker = new ObservedWorker({ ...settingsOf('test'), REDIS_URL: replica.url })
  expect(await refuse(worker)).toMatch(
    /^RELAY_REDIS_UNUSABLE: .*is a read-only replica\. Give the address of its master/,
  )
})

test('settings that can lose events are an error in production, each is named, and a variable overrides', async () => {
  const args = ['--appendonly', 'no', '--maxmemory-policy', 'allkeys-lru']
  const redis = await startTestRedis({ args, onEnd: onTestFinished })
  const mock = await startMock()
  onTestFinished(() => mock.close())
  const settings = { ...settingsOf('production', mock), REDIS_URL: redis.url }

  const complaint = await refuse(new ObservedWorker(settings))
  expect(complaint).toMatch(/^RELAY_CONFIG_INVALID: REDIS_URL: this Redis can lose events: /)
  expect(complaint).toContain('appendonly no: ')
  expect(complaint).toContain('maxmemory-policy allkeys-lru: ')
  expect(complaint).toContain('set RELAY_ALLOW_UNSAFE_REDIS=1')
  await refuse(
    new ObservedWorker({ ...settings, RELAY_NAMESPACE: 'staging', NODE_ENV: 'production' }),
  )

  const allowed = new ObservedWorker({ ...settings, RELAY_ALLOW_UNSAFE_REDIS: '1' })
  await allowed.untilReady()
  expect(allowed.logged('redis.checked').filter(({ level }) => level === 'danger')).toHaveLength(2)
})

test('outside production the same settings are a warning', async () => {
  const redis = await startTestRedis({ args: ['--appendonly', 'no'], onEnd: onTestFinished })
  const mock = await startMock()
  onTestFinished(() => mock.close())
  const worker = new ObservedWorker({ ...settingsOf('staging', mock), REDIS_URL: redis.url })
  await worker.untilReady()
  const dangers = worker.logged('redis.checked').filter(({ level }) => level === 'danger')
  expect(dangers.map(({ msg }) => msg)).toEqual([expect.stringMatching(/^appendonly no: /)])
})

test('while Redis is away the worker lives, is not ready, and delivers when Redis comes', async () => {
  const redis = await startTestRedis({ onEnd: onTestFinished })
  const mock = await startMock()
  onTestFinished(() => mock.close())
  const partition = new PartitionOutside(redis, 'test')
  await partition.add([track('cus_1')])
  await redis.kill()

  const worker = new ObservedWorker({ ...settingsOf('test', mock), REDIS_URL: redis.url })
  expect(await worker.get('/health/live')).toMatchObject({ status: 200 })
  expect(await worker.readiness()).toMatchObject({
    status: 503,
    reasons: expect.arrayContaining(['Redis does not answer']),
  })
  expect((await worker.metrics()).has('relay_oldest_event_age_seconds')).toBe(false)

  await redis.restart()
  await worker.untilReady()
  await mock.waitFor(({ applied }) => applied === 1)
})

test('a Redis that goes away, or changes its password, is told with each cause once, and waited for', async () => {
  const redis = await startTestRedis({ onEnd: onTestFinished })
  const mock = await startMock()
  onTestFinished(() => mock.close())
  const { redis: client } = new PartitionOutside(redis, 'test')
  const worker = new ObservedWorker({ ...settingsOf('test', mock), REDIS_URL: redis.url })
  await worker.untilReady()

  await client.config('SET', 'requirepass', 'rotated')
  await client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
  const causes = (): unknown[] => worker.logged('redis.away').map(({ cause }) => cause)
  await until(() => causes().some((cause) => String(cause).startsWith('NOAUTH')))
  expect((await worker.readiness()).reasons).toEqual(['Redis does not answer'])
  await client.config('SET', 'requirepass', '')
  await worker.untilReady()

  const before = causes().length
  await redis.kill()
  await until(() => causes().length > before, { what: 'the second outage' })
  await redis.restart()
  await worker.untilReady()
  const second = causes().slice(before)
  expect(second.every((cause) => /^(connect|read|write) E/.test(String(cause)))).toBe(true)
  expect(new Set(second).size).toBe(second.length)
})

test('a namespace that was set up for another workspace, or with other partitions, ends the start', async () => {
  const redis = await startTestRedis({ onEnd: onTestFinished })
  const mock = await startMock()
  onTestFinished(() => mock.close())
  const settings = { ...settingsOf('test', mock), REDIS_URL: redis.url }
  await new ObservedWorker(settings).untilReady()
  const foreign = new ObservedWorker({ ...settings, CUSTOMERIO_SITE_ID: 'other-site' })
  const resized = new ObservedWorker({ ...settings, RELAY_PARTITIONS: '4' })
  expect(await refuse(foreign)).toMatch(
    /^RELAY_NAMESPACE_MISMATCH: .*bound to another Customer\.io workspace\. Correct CUSTOMERIO_SITE_ID/,
  )
  expect(await refuse(resized)).toMatch(
    /^RELAY_NAMESPACE_MISMATCH: .*test has 1 partitions, and this process was told 4/,
  )
})
