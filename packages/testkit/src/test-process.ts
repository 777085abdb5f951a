// A Node program in a process of its own: a worker to be killed, a producer to be interrupted. Its lines are kept, and
// a test waits for a line, not for a time. It dies with the test, and with the test process if that is killed.
import { spawn } from 'node:child_process'
import type { ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'

import { LineLog } from './line-log.ts'
import type { WaitForLineOptions } from './line-log.ts'
import type { TestEnd } from './test-end.ts'
import { startWatchdog } from './watchdog.ts'
import type { Watchdog } from './watchdog.ts'

export interface TestProcessOptions {
  /** Absolute path of the program. */
  script: string
  args?: readonly string[]
  /** Added to the test's own environment; `undefined` removes a variable. */
  env?: Record<string, string | undefined>
  cwd?: string
  /** Options of Node itself, before the script (`['--conditions=relay-source']`). */
  nodeArgs?: readonly string[]
  /** A process group of its own: signals then go to the whole group, as Ctrl-C at a terminal does. Default false. */
  ownGroup?: boolean
  onEnd?: TestEnd
}

export interface ProcessExit {
  code: number | null
  signal: NodeJS.Signals | null
}

export interface TestProcess {
  readonly pid: number
  readonly stdin: Writable
  /** Whole lines in the order in which they came. */
  readonly stdout: readonly string[]
  readonly stderr: readonly string[]
  /** Both together. */
  readonly lines: readonly string[]
  /** The first line of either that matches, also if it came before the call. Rejects when the process ends without it. */
  waitForLine: (pattern: RegExp, options?: WaitForLineOptions) => Promise<RegExpExecArray>
  /** Resolves when it has ended and all it wrote has been read. */
  exited: Promise<ProcessExit>
  /** Sends a signal (default SIGKILL) and waits for the end. */
  kill: (signal?: NodeJS.Signals) => Promise<ProcessExit>
  /** Sends a signal and does not wait. */
  signal: (signal: NodeJS.Signals) => void
}

/** Returns at once; wait for a line that says that the program is ready. */
export function startProcess(options: TestProcessOptions): TestProcess {
  const child = launch(options)
  const pid = child.pid
  if (pid === undefined) throw new Error(`${options.script} could not be started`)
  const target = options.ownGroup ? -pid : pid
  const watchdog = startWatchdog()
  watchdog.guard(target)
  const log = new LineLog(options.script)
  const stdout = log.follow(child.stdout)
  const stderr = log.follow(child.stderr)
  const exited = watchExit(child, log, watchdog)
  const signal = (name: NodeJS.Signals): void => sendSignal(target, name)
  const kill = (name: NodeJS.Signals = 'SIGKILL'): Promise<ProcessExit> => {
    signal(name)
    return exited
  }
  options.onEnd?.(async () => void (await kill()))
  const waitForLine: TestProcess['waitForLine'] = (pattern, wait) => log.waitFor(pattern, wait)
  const { stdin } = child
  return { pid, stdin, stdout, stderr, lines: log.lines, waitForLine, exited, kill, signal }
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>

function launch(options: TestProcessOptions): Child {
  const { script, args = [], env = {}, nodeArgs = [], ownGroup = false, cwd } = options
  const child = spawn(process.execPath, [...nodeArgs, script, ...args], {
    detached: ownGroup,
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(cwd ? { cwd } : {}),
  })
  child.stdin.on('error', () => undefined) // It ended before it read what a test wrote: `exited` tells.
  return child
}

/** A group stays guarded to the end: closing the watchdog kills what its leader left behind. */
async function watchExit(child: Child, log: LineLog, watchdog: Watchdog): Promise<ProcessExit> {
  await once(child, 'close')
  if (child.pid) watchdog.release(child.pid)
  await watchdog.close()
  const { exitCode: code, signalCode: signal } = child
  log.end(`code ${code}, signal ${signal}`)
  return { code, signal }
}

function sendSignal(target: number, name: NodeJS.Signals): void {
  try {
    process.kill(target, name)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return // Has ended.
    throw error
  }
}
