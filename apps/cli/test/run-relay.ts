// The relay command inside the test's process, with streams and environment of the test's.

import { Readable } from 'node:stream'

import { run } from '../src/index.ts'

/** What a command printed, and how it ended. */
export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** What a test sets around a command. */
export interface Around {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Text on its standard input. */
  readonly stdin?: string
}

/** Runs a command to its end. Results are read from a pipe, so they are plain. */
export async function runRelay(words: readonly string[], around: Around): Promise<Ended> {
  const printed = { stdout: '', stderr: '' }
  const code = await run(words, {
    env: around.env,
    stdin: Readable.from([Buffer.from(around.stdin ?? '')]),
    out: { isTerminal: false, write: (text) => void (printed.stdout += text) },
    err: { isTerminal: false, write: (text) => void (printed.stderr += text) },
    stop: new AbortController().signal,
  })
  return { code, stdout: printed.stdout, stderr: printed.stderr }
}
