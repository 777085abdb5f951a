// Looking at and ending a Redis that is not a child of ours. Process ids are reused, so a number from a file counts as
// Redis only if the process bears its name.
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

import { isAlive } from '../lock.mjs'
import { runCommand } from './command.ts'

const POLL_MS = 10
const STOP_MS = 15_000

/** True if the process runs and is a Redis or Valkey. */
export async function isRedisProcess(pid: number): Promise<boolean> {
  return isAlive(pid) && /(redis|valkey)-server$/.test(await readProgramName(pid))
}

/** Not the command line: Redis writes a title of its own there, which cuts off a long path. */
async function readProgramName(pid: number): Promise<string> {
  if (process.platform === 'linux') return readComm(pid)
  return runCommand('ps', ['-o', 'comm=', '-p', String(pid)], {}).then(
    (name) => name.trim(),
    () => '',
  )
}

function readComm(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
  } catch {
    return '' // Has just ended.
  }
}

/** SIGTERM, on which Redis writes out what is pending; SIGKILL after 15 s. Resolves when it has ended. */
export async function endProcess(pid: number): Promise<void> {
  const deadline = performance.now() + STOP_MS
  signal(pid, 'SIGTERM')
  while (isAlive(pid)) {
    if (performance.now() > deadline) signal(pid, 'SIGKILL')
    await delay(POLL_MS)
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  if (isAlive(pid)) process.kill(pid, name)
}
