// Runs a program to its end, bounded in time: a planted bug may well make a test run for ever. The program and all that it
// started are one group and end together.

import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** How a program ended. */
export interface Ended {
  /** Null when it was ended from here. */
  readonly code: number | null
  readonly output: string
}

/** Bounds of a program. */
export interface ProgramBounds {
  readonly folder: string
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** Runs a Node program. */
export async function runProgram(args: readonly string[], bounds: ProgramBounds): Promise<Ended> {
  const { folder, timeoutMs, signal } = bounds
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: plainEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text))
  const endGroup = (): void => killGroup(child.pid)
  const timer = setTimeout(endGroup, timeoutMs)
  signal.addEventListener('abort', endGroup)
  if (signal.aborted) endGroup()
  const [code] = (await once(child, 'close')) as [number | null]
  clearTimeout(timer)
  signal.removeEventListener('abort', endGroup)
  return { code, output }
}

/** It may have ended just now. */
function killGroup(leader: number | undefined): void {
  try {
    if (leader !== undefined) process.kill(-leader, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Nothing that names a Redis or a Customer.io workspace reaches the tests. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(REDIS_URL|RELAY_|CUSTOMERIO_)/.test(name),
  )
  return { ...Object.fromEntries(kept), NO_COLOR: '1' }
}
