// Other programs. Runs one and gives back what it wrote. A program that fails is an error that carries the program's own
// words, because "Command failed" helps nobody.
import { execFile } from 'node:child_process'
import type { ExecFileOptions } from 'node:child_process'
import { accessSync, constants } from 'node:fs'

/** Resolves with standard output. Rejects with what the program said: see `findReason`. */
export function runCommand(
  file: string,
  args: readonly string[],
  options: ExecFileOptions,
): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(file, args, { ...options, encoding: 'utf8' }, (error, stdout, stderr) => {
      if (!error) return resolve(stdout)
      return reject(new Error(findReason(stderr) ?? error.message, { cause: error }))
    })
  })
}

/** apt marks its errors, and the first is the cause of the others; other programs end with the reason. */
function findReason(stderr: string): string | undefined {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '')
  const marked = lines.find((line) => line.startsWith('E: '))
  return marked ? marked.slice('E: '.length) : lines.at(-1)
}

/** The message alone, for a line of text. */
export function sayError(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** False also for what is not there. */
export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
