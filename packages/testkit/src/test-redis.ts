// A private Redis for one test file: a real process of the binary that `npm start` would use, with the settings file
// that infra ships, in a fresh temporary folder. It can be killed, restarted on its own data, and frozen. Whatever
// happens to the test process, the Redis and its folder go away. REDIS_URL and any running Redis are ignored: tests
// kill, fill and flush theirs.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { findRedisServer, startRedis } from '@retention-relay/local-redis'
import type { RedisExit, RunningRedis, StartOptions } from '@retention-relay/local-redis'

import { freePort } from './free-port.ts'
import { cacheDir, redisConf } from './repository.ts'
import type { TestEnd } from './test-end.ts'
import { startWatchdog } from './watchdog.ts'
import type { Watchdog } from './watchdog.ts'

export interface TestRedisOptions {
  /** Listen on loopback TCP as well: `true` for a free port, or the port. Default: the unix socket only. */
  port?: true | number
  /** Settings that win over the file: `['--appendfsync', 'everysec', '--maxmemory', '64mb']`. */
  args?: readonly string[]
  /** Default: the file that infra ships. */
  configFile?: string
  /**
   * A limit on the size of its files (`prlimit --fsize`) is a failed write, as on a full disk, and not the end of the
   * process by a signal. Default false.
   */
  fileLimitIsError?: boolean
  onEnd?: TestEnd
}

export interface TestRedis {
  /** `unix:///…/redis.sock`, or `redis://127.0.0.1:port` where a port was asked for. */
  readonly url: string
  readonly socketPath: string
  /** The loopback port, where one was asked for. */
  readonly port?: number
  /** Of the present process; changes with `restart`. */
  readonly pid: number
  /** Holds the append-only file and `redis.log`; removed by `stop`. */
  readonly folder: string
  /** Ends of its processes that nobody asked for by `kill`, `restart` or `stop`, in their order. */
  readonly ownEnds: readonly RedisExit[]
  /** Sends the signal (default SIGKILL) and resolves when the process has ended. */
  kill: (signal?: NodeJS.Signals) => Promise<RedisExit>
  /** Starts again on the same data and address, after `kill`; a process that still runs is ended with SIGTERM first. `args` replace the former. */
  restart: (args?: readonly string[]) => Promise<void>
  /** Freezes the process: its connections stay open and nothing is answered. */
  pause: () => void
  resume: () => void
  /** Ends it and removes the folder. Safe to call twice. */
  stop: () => Promise<void>
}

/** Resolves when Redis answers. Throws `RedisNotFoundError` or `RedisStartError`. */
export async function startTestRedis(options: TestRedisOptions = {}): Promise<TestRedis> {
  const found = await findRedisServer({ cacheDir })
  const folder = mkdtempSync(join(tmpdir(), 'relay-redis-'))
  const binary = options.fileLimitIsError === true ? ignoringFileLimit(found, folder) : found
  const watchdog = startWatchdog(folder)
  const port = options.port === true ? await freePort() : options.port
  const { args = [], configFile = redisConf } = options
  const socketPath = join(folder, 'redis.sock')
  const start = { binary, dataDir: folder, socketPath, configFile, args, ...(port ? { port } : {}) }
  const redis = new PrivateRedis(start, watchdog)
  options.onEnd?.(() => redis.stop())
  try {
    await redis.restart()
  } catch (error) {
    await redis.stop()
    throw error
  }
  return redis
}

/** Node gives its children all signals with their defaults, so a shell in between has to ignore this one. */
function ignoringFileLimit(binary: StartOptions['binary'], folder: string): StartOptions['binary'] {
  const serverPath = join(folder, 'redis-server.sh')
  const script = `#!/bin/sh\ntrap '' XFSZ\nexec '${binary.serverPath}' "$@"\n`
  writeFileSync(serverPath, script, { mode: 0o700 })
  return { ...binary, serverPath }
}

class PrivateRedis implements TestRedis {
  /** Written by `restart` alone; only its arguments change. */
  #start: StartOptions
  readonly #watchdog: Watchdog
  /** The present or last process; written by `restart` alone. */
  #process: RunningRedis | undefined
  /** Processes that were told to end. Written by `kill` and `restart`. */
  readonly #told = new Set<RunningRedis>()
  /** Written by `restart`, when a process ends. */
  readonly ownEnds: RedisExit[] = []
  readonly url: string
  readonly socketPath: string
  readonly port?: number
  readonly folder: string

  constructor(start: StartOptions & { socketPath: string }, watchdog: Watchdog) {
    this.#start = start
    this.#watchdog = watchdog
    this.socketPath = start.socketPath
    this.folder = start.dataDir
    if (start.port) this.port = start.port
    this.url = start.port ? `redis://127.0.0.1:${start.port}` : `unix://${start.socketPath}`
  }

  get pid(): number {
    return this.#running().pid
  }

  async restart(args?: readonly string[]): Promise<void> {
    if (this.#process) this.#told.add(this.#process)
    await this.#process?.stop()
    if (args) this.#start = { ...this.#start, args }
    const started = await startRedis({ ...this.#start, onSpawn: this.#watchdog.guard })
    this.#process = started
    void started.exited.then((exit) => {
      this.#watchdog.release(started.pid)
      if (!this.#told.has(started)) this.ownEnds.push(exit)
    })
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<RedisExit> {
    const running = this.#running()
    this.#told.add(running)
    running.kill(signal)
    return running.exited
  }

  pause(): void {
    this.#running().kill('SIGSTOP')
  }

  resume(): void {
    this.#running().kill('SIGCONT')
  }

  async stop(): Promise<void> {
    if (this.#process) await this.kill()
    await this.#watchdog.close()
  }

  #running(): RunningRedis {
    if (!this.#process) throw new Error('the test Redis has not been started')
    return this.#process
  }
}
