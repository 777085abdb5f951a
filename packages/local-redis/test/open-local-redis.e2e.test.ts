// The project's own Redis, opened by several processes: who starts it, who joins, who stops it, and what a kill leaves.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import { expect, onTestFinished, test } from 'vitest'

import { isAlive, openLocalRedis } from '../src/index.ts'
import type { LocalRedis } from '../src/index.ts'
import { RedisConnection } from '../src/redis-connection.ts'

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))
const cacheDir = path('../../../.relay/cache')
const configFile = path('../../../infra/redis/redis.conf')

const userScript = fileURLToPath(new URL('open-redis.mjs', import.meta.url))

interface Project {
  dataDir: string
  /** In this process. */
  open: () => Promise<LocalRedis>
  /** In a process of its own. */
  openElsewhere: () => Promise<User>
}
type Opened = Pick<LocalRedis, 'pid' | 'joined' | 'socketPath' | 'url'>
interface User extends Opened {
  process: ChildProcess
  /** Resolves with how it left, when its process has ended by itself. */
  leave: () => Promise<string>
}

const setup = (below = ''): Project => {
  const root = mkdtempSync(join(tmpdir(), 'relay-open-'))
  const dataDir = join(root, below, '.relay')
  const pids = new Set<number>()
  onTestFinished(() => {
    for (const pid of pids) if (isAlive(pid)) process.kill(pid, 'SIGKILL')
    rmSync(root, { recursive: true })
  })
  const remember = <T extends { pid: number }>(opened: T): T => {
    pids.add(opened.pid)
    return opened
  }
  const open = async (): Promise<LocalRedis> =>
    remember(await openLocalRedis({ dataDir, cacheDir, configFile }))
  const openElsewhere = async (): Promise<User> => remember(await startUser(dataDir))
  return { dataDir, open, openElsewhere }
}

const startUser = async (dataDir: string): Promise<User> => {
  const child = spawn(process.execPath, [userScript, dataDir], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const opened: Opened = JSON.parse((await lines.next()).value ?? '')
  const leave = async (): Promise<string> => {
    child.stdin.write('leave\n')
    const departure: string = JSON.parse((await lines.next()).value ?? '')
    if (child.exitCode === null) await once(child, 'exit')
    return departure
  }
  return { ...opened, process: child, leave }
}

const ask = async ({ socketPath }: Opened, command: string): Promise<unknown> => {
  const connection = new RedisConnection({ path: socketPath })
  const answer = await connection.ask(command, 5_000)
  connection.close()
  return answer.kind === 'reply' ? answer.text : answer.kind
}

test('data survives stopping it and opening it again', async () => {
  const { open, dataDir } = setup()
  const first = await open()
  expect(first).toMatchObject({ joined: false, url: `unix://${join(dataDir, 'redis.sock')}` })
  expect(await ask(first, 'SET k v')).toBe('OK')
  expect(await first.stop()).toBe('stopped')
  expect(await first.stop()).toBe('stopped')
  expect(isAlive(first.pid)).toBe(false)
  const second = await open()
  expect(await ask(second, 'GET k')).toBe('v')
  await second.stop()
})

test('of processes that open it at the same time one starts it and the others join', async () => {
  const { openElsewhere } = setup()
  const users = await Promise.all([openElsewhere(), openElsewhere(), openElsewhere()])
  expect(users.filter(({ joined }) => !joined)).toHaveLength(1)
  expect(new Set(users.map(({ pid }) => pid)).size).toBe(1)
})

test('who started it can leave before the others, and the last one stops it', async () => {
  const { openElsewhere } = setup()
  const starter = await openElsewhere()
  const other = await openElsewhere()
  expect(await starter.leave()).toBe('left-running')
  expect(await ask(other, 'PING')).toBe('PONG')
  expect(await other.leave()).toBe('stopped')
  expect(isAlive(other.pid)).toBe(false)
})

test('a user that was killed does not keep it running', async () => {
  const { open, openElsewhere } = setup()
  const mine = await open()
  const other = await openElsewhere()
  other.process.kill('SIGKILL')
  await once(other.process, 'exit')
  expect(await mine.stop()).toBe('stopped')
})

test('it outlives a starter that was killed, and the next one joins it', async () => {
  const { open, openElsewhere } = setup()
  const starter = await openElsewhere()
  starter.process.kill('SIGKILL')
  await once(starter.process, 'exit')
  const mine = await open()
  expect(mine).toMatchObject({ joined: true, pid: starter.pid })
  expect(await mine.stop()).toBe('stopped')
})

test('after it was killed the next one starts it on its data', async () => {
  const { open } = setup()
  const first = await open()
  await ask(first, 'SET k v')
  process.kill(first.pid, 'SIGKILL')
  expect(await first.stop()).toBe('stopped')
  expect(existsSync(first.socketPath)).toBe(true)
  const second = await open()
  expect(second.joined).toBe(false)
  expect(await ask(second, 'GET k')).toBe('v')
  await second.stop()
})

test('below a deep folder the socket lies in a private temporary folder, and two processes meet', async () => {
  const { open, openElsewhere } = setup(join('a folder', 'ü'.repeat(60), 'x'.repeat(100)))
  const mine = await open()
  onTestFinished(() => rmSync(dirname(mine.socketPath), { recursive: true }))
  expect(Buffer.byteLength(mine.socketPath)).toBeLessThanOrEqual(100)
  expect(statSync(dirname(mine.socketPath)).mode & 0o777).toBe(0o700)
  const other = await openElsewhere()
  expect(other).toMatchObject({ joined: true, socketPath: mine.socketPath })
  expect(await mine.stop()).toBe('left-running')
  expect(await other.leave()).toBe('stopped')
})

test('a Redis that runs and does not answer is an error, not a second Redis on the same data', async () => {
  const { open, openElsewhere } = setup()
  const { pid } = await openElsewhere()
  process.kill(pid, 'SIGSTOP')
  await expect(open()).rejects.toThrow(/runs and does not answer/)
})

test('a Redis that runs without its socket is an error that names the process', async () => {
  const { open, openElsewhere } = setup()
  const { pid, socketPath } = await openElsewhere()
  rmSync(socketPath)
  await expect(open()).rejects.toThrow(`kill ${pid}`)
})

test('a Redis that cannot start is an error with the end of its log', async () => {
  const { open, dataDir } = setup()
  mkdirSync(join(dataDir, 'redis', 'appendonlydir'), { recursive: true })
  writeFileSync(join(dataDir, 'redis', 'appendonlydir', 'appendonly.aof.manifest'), 'no manifest')
  await expect(open()).rejects.toThrow(/ended while starting[^]*manifest/)
})
