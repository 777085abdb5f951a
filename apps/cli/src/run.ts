// One run of the command: words, verb, result, exit code. Every error ends here, as one line on standard error, and
// with --json as an object on standard output too, so that a program never has to read sentences.

import { faultOf } from './cli-error.ts'
import { styleOf } from './output/style.ts'
import { readCommand } from './read-command.ts'
import { writeJson } from './surroundings.ts'
import type { Surroundings } from './surroundings.ts'
import { VERBS } from './verbs.ts'

/** Runs the command; returns its exit code. */
export async function run(words: readonly string[], surroundings: Surroundings): Promise<number> {
  try {
    const { verb, args } = readCommand(words, VERBS)
    return await verb.run(args, surroundings)
  } catch (error) {
    const { exitCode, ...fault } = faultOf(error)
    if (words.includes('--json')) writeJson(surroundings.out, { error: fault })
    const style = styleOf(surroundings.err, surroundings.env)
    surroundings.err.write(`${style.red('relay:')} ${fault.message}\n`)
    return exitCode
  }
}
