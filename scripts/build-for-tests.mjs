// Before the tests that start real programs: these run from `dist`, so `dist` must be what the sources say, also where
// vitest is started by hand. A second or less when nothing has changed.
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Called by vitest once, before the first test of the project. Throws when something does not compile. */
export function setup() {
  const compiler = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url))
  execFileSync(process.execPath, [compiler, '--build'], { cwd: root, stdio: 'inherit' })
}
