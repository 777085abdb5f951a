// `npm test`: the gate (`npm run check`) and every test, also as the first command after a clone; not zero if either
// fails. With arguments (`npm test -- packages/queue`) only vitest runs, with these. Tests start their own private
// Redis processes; nothing of the environment that names a Redis or a Customer.io workspace reaches them.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { ensureReady, inRepository, LABEL, npmCache, npmCommand, say } from './first-run.mjs'

const args = process.argv.slice(2)
await ensureReady()
await findRedis()
const checked = args.length > 0 || (await run(...npmCommand(['run', 'check'])))
const tested = await runTests()
if (!checked) say('npm run check failed: see above')
process.exit(checked && tested ? 0 : 1)

/** Once, before the test files need it all at the same time: a download is not a test's business. */
async function findRedis() {
  const { findRedisServer } = await import('../packages/local-redis/dist/index.js')
  const cacheDir = inRepository('.relay/cache')
  const { description } = await findRedisServer({ cacheDir, log: say }).catch((error) => {
    say(error.message)
    process.exit(1)
  })
  say(`${'Redis'.padEnd(LABEL)}${description}`)
}

/** Runs vitest and closes with one plain line of counts, which any reader of logs finds. */
async function runTests() {
  const folder = mkdtempSync(join(tmpdir(), 'relay-tests-'))
  const report = join(folder, 'report.json')
  const passed = await run(process.execPath, [
    inRepository('node_modules/vitest/vitest.mjs'),
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...args,
  ])
  printCounts(report)
  rmSync(folder, { recursive: true })
  return passed
}

function printCounts(report) {
  try {
    const { success, numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'))
    // A file whose set-up fails has no failed test.
    const failed = success ? 0 : Math.max(1, numFailedTests)
    console.log(`${numPassedTests} passed, ${failed} failed`)
  } catch {
    console.log('0 passed, 1 failed')
  }
}

/** True if the program ended with 0. */
async function run(file, argv) {
  const options = {
    cwd: inRepository('.'),
    env: testEnvironment(),
    stdio: ['ignore', 'inherit', 'inherit'],
  }
  const [code] = await once(spawn(file, argv, options), 'exit')
  return code === 0
}

function testEnvironment() {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(REDIS_URL|RELAY_|CUSTOMERIO_)/.test(name),
  )
  const plain = process.stdout.isTTY || process.env.FORCE_COLOR ? {} : { NO_COLOR: '1' }
  return { ...Object.fromEntries(kept), ...npmCache(), ...plain }
}
