// Starts one Redis process and hands it over once it answers. Enters: a binary, a data folder, where to listen, the
// settings file. Leaves: its address and the means to stop it. The process gets a group of its own, so that Ctrl-C at
// the terminal reaches only the one who started it, who then stops it last. Redis that ends while starting (port in
// use, damaged file, unknown setting) is an error with the end of its log.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

import type { RedisBinary } from './redis-binary.ts'
import { waitUntilServing } from './wait-until-serving.ts'

export interface StartOptions {
  binary: RedisBinary
  /** Folder of the append-only file; created where missing. */
  dataDir: string
  /** At most 100 bytes. At least one of `socketPath` and `port` is needed. */
  socketPath?: string
  /** On 127.0.0.1. */
  port?: number
  /** Read from a copy in the data folder: Redis rewrites its file when told to, as sentinels do. */
  configFile: string
  /** Further settings as arguments (`['--appendfsync', 'everysec']`); they win over the file. */
  args?: readonly string[]
  /** Own process group. Default true. */
  detached?: boolean
  /** Default `redis.log` in the data folder; appended to, emptied above 1 MiB. */
  logFile?: string
  /** How long it may take until it answers; a large append-only file takes a while to load. Default 60,000. */
  startTimeoutMs?: number
  /** Called with the process id as soon as there is one, before it answers. */
  onSpawn?: (pid: number) => void
}

export interface RedisExit {
  code: number | null
  signal: NodeJS.Signals | null
}

export interface RunningRedis {
  /** `unix:///absolute/path` where it has a socket, else `redis://127.0.0.1:port`. */
  url: string
  socketPath?: string
  port?: number
  pid: number
  /** Resolves when the process has ended, for whatever reason. */
  exited: Promise<RedisExit>
  /** SIGTERM, which writes out what is pending; SIGKILL after 15 s. Resolves when the process has ended. */
  stop: () => Promise<void>
  /** Sends a signal to the process; default SIGKILL. */
  kill: (signal?: NodeJS.Signals) => void
  /** It shall outlive us: from now on it does not keep our process from ending. */
  letGo: () => void
}

const STOP_MS = 15_000
const LOG_BYTES = 1024 * 1024

/** Resolves when it serves (PING answered, data loaded). Throws `RedisStartError`. */
export async function startRedis(options: StartOptions): Promise<RunningRedis> {
  mkdirSync(options.dataDir, { recursive: true })
  const logFile = options.logFile ?? join(options.dataDir, 'redis.log')
  const child = launch(options, logFile)
  const exited = watchExit(child)
  if (child.pid) options.onSpawn?.(child.pid)
  await waitUntilServing({ ...options, child, exited, logFile })
  return describe(options, child, exited)
}

function launch(options: StartOptions, logFile: string): ChildProcess {
  const { binary, detached = true } = options
  const log = openLog(logFile)
  const env = { ...process.env, ...binary.env }
  try {
    return spawn(binary.serverPath, listArguments(options), {
      detached,
      env,
      stdio: ['ignore', log, log],
    })
  } finally {
    closeSync(log)
  }
}

function openLog(logFile: string): number {
  const size = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0
  return openSync(logFile, size > LOG_BYTES ? 'w' : 'a')
}

function listArguments({
  dataDir,
  socketPath,
  port = 0,
  configFile,
  args = [],
}: StartOptions): string[] {
  const socket = socketPath ? ['--unixsocket', socketPath, '--unixsocketperm', '700'] : []
  const tcp = ['--port', String(port), '--bind', '127.0.0.1']
  return [copySettings(configFile, dataDir), '--dir', resolve(dataDir), ...tcp, ...socket, ...args]
}

function copySettings(configFile: string, dataDir: string): string {
  const copy = join(resolve(dataDir), 'settings.conf')
  writeFileSync(copy, readFileSync(configFile))
  return copy
}

function watchExit(child: ChildProcess): Promise<RedisExit> {
  return new Promise((settle) => {
    child.once('error', () => settle({ code: null, signal: null }))
    child.once('exit', (code, signal) => settle({ code, signal }))
  })
}

function describe(
  options: StartOptions,
  child: ChildProcess,
  exited: Promise<RedisExit>,
): RunningRedis {
  const { socketPath, port } = options
  const kill = (signal: NodeJS.Signals = 'SIGKILL'): void => void child.kill(signal)
  return {
    url: socketPath ? `unix://${socketPath}` : `redis://127.0.0.1:${port}`,
    ...(socketPath ? { socketPath } : {}),
    ...(port ? { port } : {}),
    pid: child.pid ?? 0,
    exited,
    kill,
    letGo: () => child.unref(),
    stop: () => terminate(kill, exited),
  }
}

async function terminate(kill: RunningRedis['kill'], exited: Promise<RedisExit>): Promise<void> {
  const timer = setTimeout(() => kill('SIGKILL'), STOP_MS)
  kill('SIGTERM')
  await exited
  clearTimeout(timer)
}
