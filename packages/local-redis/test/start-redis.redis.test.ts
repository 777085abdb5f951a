// One Redis process from its start to its end: when it counts as started, and what a failed start says.
import { mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { expect, onTestFinished, test } from 'vitest'

import { findRedisServer, probeRedis, RedisStartError, startRedis } from '../src/index.ts'
import type { RunningRedis, StartOptions } from '../src/index.ts'

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))
const binary = await findRedisServer({ cacheDir: path('../../../.relay/cache') })
const configFile = path('../../../infra/redis/redis.conf')

interface Setup {
  dataDir: string
  socketPath: string
  start: (options?: Partial<StartOptions>) => Promise<RunningRedis>
}

const setup = (): Setup => {
  const dataDir = mkdtempSync(join(tmpdir(), 'relay-start-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true }))
  const socketPath = join(dataDir, 'redis.sock')
  const start = async (options: Partial<StartOptions> = {}): Promise<RunningRedis> => {
    const redis = await startRedis({ binary, configFile, dataDir, socketPath, ...options })
    onTestFinished(() => redis.stop())
    return redis
  }
  return { dataDir, socketPath, start }
}

test('when it resolves, Redis serves at its socket and is the process that was started', async () => {
  const { start, socketPath } = setup()
  const spawned: number[] = []
  const redis = await start({ onSpawn: (pid) => spawned.push(pid) })
  expect(await probeRedis({ path: socketPath })).toEqual({ state: 'up', pid: redis.pid })
  expect(spawned).toEqual([redis.pid])
  expect(redis.url).toBe(`unix://${socketPath}`)
})

test('stop resolves when the process has ended in good order', async () => {
  const { start, socketPath } = setup()
  const redis = await start()
  await redis.stop()
  expect(await redis.exited).toEqual({ code: 0, signal: null })
  expect(await probeRedis({ path: socketPath })).toEqual({ state: 'absent' })
})

test('kill ends it at once and exited says how', async () => {
  const { start } = setup()
  const redis = await start()
  redis.kill()
  expect(await redis.exited).toEqual({ code: null, signal: 'SIGKILL' })
})

test('a port that another Redis has is an error that carries the log', async () => {
  const first = setup()
  const listener = createServer().listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const address = listener.address()
  const port = typeof address === 'object' && address ? address.port : 0
  listener.close()
  await once(listener, 'close')
  await first.start({ port })
  const second = setup().start({ port, socketPath: '' })
  await expect(second).rejects.toThrow(RedisStartError)
  await expect(second).rejects.toThrow(/Address already in use/)
})

test('a binary that is not there is an error', async () => {
  const { start } = setup()
  const gone = { ...binary, serverPath: '/nowhere/redis-server' }
  await expect(start({ binary: gone })).rejects.toThrow(/could not be run/)
})

test('the log is appended to, and emptied when it is above 1 MiB', async () => {
  const { start, dataDir } = setup()
  const log = join(dataDir, 'redis.log')
  writeFileSync(log, 'before\n')
  await (await start()).stop()
  expect(statSync(log).size).toBeGreaterThan('before\n'.length)
  truncateSync(log, 2 * 1024 * 1024)
  await (await start()).stop()
  expect(statSync(log).size).toBeLessThan(1024 * 1024)
})
