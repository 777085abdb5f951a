// `node scripts/run.mjs NAME [arguments]`: starts one of the project's programs, also as the first command after a
// clone: dependencies and build are made first where missing or stale. The program runs in this process, so that one
// Ctrl-C reaches one program; its standard output is its own (set-up writes to standard error).
import { existsSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

import { ensureReady, inRepository } from './first-run.mjs'

const PROGRAMS = {
  start: 'apps/local',
  worker: 'apps/worker',
  relay: 'apps/cli',
  demo: 'apps/local/dist/demo.js',
  bench: 'apps/bench',
  chaos: 'apps/chaos',
  mutants: 'apps/mutants',
  mock: 'packages/mock-customerio',
}

const [name = '', ...args] = process.argv.slice(2)
const folder = PROGRAMS[name]
if (!folder) fail(`usage: node scripts/run.mjs ${Object.keys(PROGRAMS).join('|')} [arguments]`)
await ensureReady()
const main = inRepository(folder.endsWith('.js') ? folder : `${folder}/dist/main.js`)
if (!existsSync(main)) fail(`${main} is not there`)
process.argv = [process.argv[0], main, ...args]
await import(pathToFileURL(main).href)

function fail(message) {
  console.error(message)
  process.exit(2)
}
