// What lies in the project's data folder (`.relay/`): Redis's own files in `redis/`, its log, the lock of starts and
// stops, a note about the Redis that was started last, and its socket. A socket's path may be 107 bytes long at most
// (103 on macOS), so below a deep folder the socket moves to the temporary folder, into a folder that only we may enter.
import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'

const SOCKET_PATH_BYTES = 100

export interface DataFolder {
  /** Folder of the append-only file. */
  redisDir: string
  logFile: string
  lock: string
  /** Where a Redis that is started now listens. */
  socketPath: string
  note: string
}

/** The Redis that was started last; it may have ended since. */
export interface RedisNote {
  socketPath: string
  pid: number
}

/** Creates the folders where missing. Throws if the temporary folder's part of it belongs to somebody else. */
export function openDataFolder(dataDir: string): DataFolder {
  mkdirSync(dataDir, { recursive: true })
  const root = realpathSync(dataDir)
  return {
    redisDir: join(root, 'redis'),
    logFile: join(root, 'redis.log'),
    lock: join(root, 'redis.lock'),
    note: join(root, 'redis.json'),
    socketPath: chooseSocketPath(root),
  }
}

function chooseSocketPath(root: string): string {
  const path = join(root, 'redis.sock')
  if (Buffer.byteLength(path) <= SOCKET_PATH_BYTES) return path
  const hash = createHash('sha256').update(root).digest('hex').slice(0, 12)
  const name = join(`relay-${userInfo().uid}-${hash}`, 'redis.sock')
  const parent = Buffer.byteLength(join(tmpdir(), name)) <= SOCKET_PATH_BYTES ? tmpdir() : '/tmp'
  return join(makePrivate(join(parent, `relay-${userInfo().uid}-${hash}`)), 'redis.sock')
}

function makePrivate(folder: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const { uid, mode } = lstatSync(folder)
  const isPrivate = uid === userInfo().uid && (mode & 0o077) === 0
  if (!isPrivate) throw new Error(`${folder} is not private to this user: remove it and try again`)
  return folder
}

/** Written after a start. The socket of a Redis that still runs need not be where a start of today would put it. */
export function writeNote({ note }: DataFolder, content: RedisNote): void {
  writeFileSync(note, JSON.stringify(content))
}

/** Undefined if there is none, or it is damaged. */
export function readNote({ note }: DataFolder): RedisNote | undefined {
  try {
    const { socketPath, pid }: Record<string, unknown> = JSON.parse(readFileSync(note, 'utf8'))
    return typeof socketPath === 'string' && typeof pid === 'number'
      ? { socketPath, pid }
      : undefined
  } catch {
    return undefined
  }
}
