// Other programs. Runs one and gives back what it wrote. A program that fails is an error that carries the program's own
// words, because "Command failed" helps nobody.
import { execFile } from 'node:child_process'
import type { ExecFileOptions } from 'node:child_process'
import { accessSync, constants } from 'node:fs'

/** Resolves with standard output. Rejects with the last line of standard error where there is one. */
export function runCommand(
  file: string,
  args: readonly string[],
  options: ExecFileOptions,
): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(file, args, { ...options, encoding: 'utf8' }, (error, stdout, stderr) => {
      if (!error) return resolve(stdout)
      const words = stderr.trim().split('\n').at(-1)
      return reject(words ? new Error(words, { cause: error }) : error)
    })
  })
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
