// The private Redis of the tests: on the shipped settings, killed and restarted on its own data, frozen, and gone
// with the process that started it.
import { existsSync } from 'node:fs'

import { isAlive } from '@retention-relay/local-redis'
import { afterEach, expect, test } from 'vitest'

import { limitProcess, startTestRedis, until } from '../src/index.ts'
import type { TestRedis, TestRedisOptions } from '../src/index.ts'
import { ask } from './resp-client.ts'

const started: TestRedis[] = []
const setup = async (options?: TestRedisOptions): Promise<TestRedis> => {
  const redis = await startTestRedis(options)
  started.push(redis)
  return redis
}
afterEach(async () => {
  for (const redis of started.splice(0)) await redis.stop()
})

test('it runs on the settings that infra ships', async () => {
  const redis = await setup()
  const names = ['appendonly', 'appendfsync', 'maxmemory-policy', 'set-max-intset-entries', 'save']
  const values = ['yes', 'always', 'noeviction', '512', '']
  const answers = await Promise.all(names.map((name) => ask(redis, `CONFIG GET ${name}`)))
  expect(answers).toEqual(names.map((name, i) => [name, values[i]]))
})

test('a Redis that rewrites its settings leaves the shipped file as it is', async () => {
  const redis = await setup()
  await ask(redis, 'CONFIG SET maxmemory 64mb')
  expect(await ask(redis, 'CONFIG REWRITE')).toBe('OK')
  await redis.restart()
  expect(await ask(redis, 'CONFIG GET maxmemory')).toEqual(['maxmemory', '0'])
})

test('an argument wins over the settings file', async () => {
  const redis = await setup({ args: ['--appendfsync', 'everysec'] })
  expect(await ask(redis, 'CONFIG GET appendfsync')).toEqual(['appendfsync', 'everysec'])
})

test('acknowledged data survives SIGKILL and a restart at the same address', async () => {
  const redis = await setup()
  expect(await ask(redis, 'SET k v')).toBe('OK')
  const { url, pid } = redis
  expect(await redis.kill()).toEqual({ code: null, signal: 'SIGKILL' })
  await redis.restart()
  expect(await ask(redis, 'GET k')).toBe('v')
  expect(redis.url).toBe(url)
  expect(redis.pid).not.toBe(pid)
})

test('it keeps the ends that nobody asked for, and no other', async () => {
  const redis = await setup()
  await redis.kill()
  await redis.restart()
  await redis.restart()
  expect(redis.ownEnds).toEqual([])
  process.kill(redis.pid, 'SIGKILL')
  await until(() => redis.ownEnds.length, { what: 'its end' })
  expect(redis.ownEnds).toEqual([{ code: null, signal: 'SIGKILL' }])
})

test('two of them share nothing', async () => {
  const [one, two] = await Promise.all([setup(), setup()])
  await ask(one, 'SET k v')
  expect(await ask(two, 'DBSIZE')).toBe(0)
})

test('a frozen one answers after it is resumed', async () => {
  const redis = await setup()
  redis.pause()
  const answer = ask(redis, 'PING')
  redis.resume()
  expect(await answer).toBe('PONG')
})

test('it listens on loopback TCP where a port is asked for', async () => {
  const redis = await setup({ port: true })
  expect(redis.url).toBe(`redis://127.0.0.1:${redis.port}`)
  expect(await ask({ port: redis.port ?? 0 }, 'PING')).toBe('PONG')
})

test('stop ends the process and removes the folder, also the second time', async () => {
  const redis = await setup()
  const { pid, folder } = redis
  await redis.stop()
  await redis.stop()
  expect(isAlive(pid)).toBe(false)
  expect(existsSync(folder)).toBe(false)
})

test('a setting that Redis refuses is an error with its log', async () => {
  await expect(setup({ args: ['--no-such-setting', '1'] })).rejects.toThrow(/no-such-setting/)
})

test('a limit on its files is a full disk to it: with everysec it goes on and refuses writes', async () => {
  const args = ['--appendfsync', 'everysec']
  const redis = await setup({ fileLimitIsError: true, args })
  await limitProcess(redis.pid, 'fsize', 2000)
  const refused = await until(() => ask(redis, `SET k ${'x'.repeat(500)}`), {
    accept: (reply) => reply instanceof Error,
  })
  expect(String(refused)).toContain('MISCONF')
  await limitProcess(redis.pid, 'fsize', 'unlimited')
  await until(() => ask(redis, 'SET k v'), { accept: (reply) => reply === 'OK' })
})
