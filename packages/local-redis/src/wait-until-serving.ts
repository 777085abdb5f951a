// From the moment a Redis process was started to its first answer. It answers, or it ends (port in use, damaged file,
// unknown setting), or it takes too long: the last two are errors that carry the end of its log.
import type { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { NetConnectOpts } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

import { RedisStartError } from './errors.ts'
import { probeRedis } from './probe.ts'
import type { Probe } from './probe.ts'
import type { RedisExit, StartOptions } from './start-redis.ts'

const POLL_MS = 5

export interface Starting extends StartOptions {
  child: ChildProcess
  exited: Promise<RedisExit>
  logFile: string
}

/** Resolves when PING is answered and all data is loaded. Throws `RedisStartError`. */
export async function waitUntilServing(starting: Starting): Promise<void> {
  const { child, exited, logFile, startTimeoutMs = 60_000 } = starting
  const deadline = performance.now() + startTimeoutMs
  for (;;) {
    const result = await Promise.race([exited, probeRedis(addressOf(starting))])
    if ('code' in result) throw ended(starting, result)
    if (isOurs(result, child)) return
    if (performance.now() > deadline) {
      child.kill('SIGKILL')
      throw new RedisStartError(
        `Redis did not answer in time (${result.state}).${logTail(logFile)}`,
      )
    }
    await delay(POLL_MS)
  }
}

function addressOf({ socketPath, port = 0 }: StartOptions): NetConnectOpts {
  return socketPath ? { path: socketPath } : { host: '127.0.0.1', port }
}

/** Another Redis may still answer at the address that ours is about to fail to bind. */
function isOurs({ state, pid }: Probe, child: ChildProcess): boolean {
  return state === 'up' && (pid === undefined || pid === child.pid)
}

function ended({ binary, logFile }: Starting, { code, signal }: RedisExit): RedisStartError {
  const how = signal ?? (code === null ? 'could not be run' : `code ${code}`)
  return new RedisStartError(
    `${binary.serverPath} ended while starting (${how}).${logTail(logFile)}`,
  )
}

function logTail(logFile: string): string {
  const lines = readFileSync(logFile, 'utf8').trim().split('\n').slice(-5)
  return ` Its log (${logFile}) ends with:\n${lines.map((line) => `  ${line}`).join('\n')}`
}
