// The project's own Redis, in the project's data folder. Who needs it opens it and stops it when done; nobody needs to
// know who else does. The first one starts it, others join, and the last one to leave stops it, whoever started it: so
// a `relay status` beside `npm start` leaves it running, and so does `npm start` that is ended while a `relay send`
// still works. Who uses it is read from Redis itself (each holds a named connection), so a user that was killed does
// not count. A Redis whose users were all killed goes on running; the next one joins it and may stop it.
//
// Starting, joining and leaving are under one lock: two starts at once start one Redis, and nobody joins one that is
// about to stop. What a `kill -9` leaves (a socket's file, the note, the lock) is seen to be stale and replaced.
import { resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { withLock } from '../lock.mjs'
import { openDataFolder, readNote, writeNote } from './data-folder.ts'
import type { DataFolder } from './data-folder.ts'
import { RedisStartError } from './errors.ts'
import { findRedisServer } from './find-redis-server.ts'
import type { FindOptions } from './find-redis-server.ts'
import { LocalUser } from './local-user.ts'
import type { Departure } from './local-user.ts'
import { probeRedis } from './probe.ts'
import { isRedisProcess } from './redis-process.ts'
import { startRedis } from './start-redis.ts'
import type { RunningRedis } from './start-redis.ts'

export interface OpenOptions extends FindOptions {
  /** The project's data folder: `.relay/` or RELAY_DATA_DIR; created where missing. */
  dataDir: string
  configFile: string
}

export interface LocalRedis {
  /** `unix:///absolute/path`. */
  url: string
  socketPath: string
  pid: number
  /** True if it ran already. */
  joined: boolean
  /** One line for people. */
  description: string
  /**
   * Leaves it. `stopped`: nobody else uses it, so it was stopped (its data is on the disk); also if it had ended by
   * itself. `left-running`: somebody else uses it and will stop it. Later calls give the first one's result.
   */
  stop: () => Promise<Departure>
}

/** How long a Redis that runs may take to answer before it counts as hung. */
const ANSWER_MS = 5_000
const LOADING_MS = 120_000
const POLL_MS = 25

/** Throws `RedisNotFoundError`, or `RedisStartError` if it does not start, hangs, or runs out of reach. */
export async function openLocalRedis(options: OpenOptions): Promise<LocalRedis> {
  const folder = openDataFolder(resolve(options.dataDir))
  const onWait = (): void =>
    options.log?.('another process is starting or stopping Redis: waiting for it')
  return withLock(
    folder.lock,
    async () => (await join(folder)) ?? (await start(folder, options)),
    onWait,
  )
}

async function join(folder: DataFolder): Promise<LocalRedis | undefined> {
  const note = readNote(folder)
  const socketPath = note?.socketPath ?? folder.socketPath
  const pid = await findRunning(socketPath)
  if (pid !== undefined) {
    const description = `the project's own Redis, which runs already (process ${pid})`
    return enter(folder, { socketPath, pid, joined: true }, description)
  }
  if (note && (await isRedisProcess(note.pid))) {
    throw new RedisStartError(
      `Redis (process ${note.pid}) still uses ${folder.redisDir} but cannot be reached: end it with kill ${note.pid}`,
    )
  }
  return undefined
}

/** The process that answers there; undefined if nobody listens. Waits for one that is loading its data. */
async function findRunning(socketPath: string): Promise<number | undefined> {
  const deadline = performance.now() + LOADING_MS
  for (;;) {
    const { state, pid } = await probeRedis({ path: socketPath }, ANSWER_MS)
    if (state === 'absent') return undefined
    if (state === 'up' && pid !== undefined) return pid
    if (state !== 'loading' || performance.now() > deadline) {
      throw new RedisStartError(`the Redis at ${socketPath} runs and does not answer (${state})`)
    }
    await delay(POLL_MS)
  }
}

async function start(folder: DataFolder, options: OpenOptions): Promise<LocalRedis> {
  const binary = await findRedisServer(options)
  const { redisDir: dataDir, logFile, socketPath } = folder
  const { configFile } = options
  const running = await startRedis({ binary, dataDir, logFile, socketPath, configFile })
  writeNote(folder, { socketPath, pid: running.pid })
  return enter(folder, { socketPath, pid: running.pid, joined: false }, binary.description, running)
}

interface Found {
  socketPath: string
  pid: number
  joined: boolean
}

async function enter(
  folder: DataFolder,
  found: Found,
  description: string,
  child?: RunningRedis,
): Promise<LocalRedis> {
  const user = await LocalUser.enter(found)
  const leave = async (): Promise<Departure> => {
    const departure = await withLock(folder.lock, () => user.leave())
    if (departure === 'left-running') child?.letGo()
    return departure
  }
  let left: Promise<Departure> | undefined
  return {
    ...found,
    url: `unix://${found.socketPath}`,
    description,
    stop: () => (left ??= leave()),
  }
}
