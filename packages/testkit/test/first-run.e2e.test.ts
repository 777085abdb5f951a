// The first command after a clone, in a small copy of the repository whose npm and tsc are stand-ins that note what
// they were asked: what is made when, what is said, and that two starts at once make it once.
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { expect, onTestFinished, test } from 'vitest'

import { startProcess } from '../src/index.ts'
import type { TestProcess } from '../src/index.ts'

const repository = fileURLToPath(new URL('../../..', import.meta.url))

const TSC = `
  const { appendFileSync, mkdirSync, writeFileSync } = require('node:fs')
  appendFileSync('calls', 'tsc ' + process.argv.slice(2).join(' ') + '\\n')
  mkdirSync('apps/cli/dist', { recursive: true })
  writeFileSync('apps/cli/dist/.tsbuildinfo', String(Math.random()))
  writeFileSync('apps/cli/dist/main.js', "process.on('SIGINT', () => process.exit(7)); console.log(process.pid, ...process.argv.slice(2)); if (process.argv[2] === 'wait') setInterval(() => {}, 1000)")`
const NPM = `
  const { appendFileSync, mkdirSync, writeFileSync } = require('node:fs')
  appendFileSync('calls', 'npm ' + process.argv.slice(2).join(' ') + '\\n')
  appendFileSync('caches', process.env.npm_config_cache + '\\n')
  if (process.env.NPM_FAILS) { console.error('npm is unwell'); process.exit(1) }
  mkdirSync('node_modules/typescript/bin', { recursive: true })
  writeFileSync('node_modules/typescript/bin/tsc', ${JSON.stringify(TSC)})`

interface Copy {
  path: (name: string) => string
  write: (name: string, content: string) => void
  run: (args: string[], env?: Record<string, string>) => TestProcess
  /** Runs to the end; resolves with what npm and tsc were asked meanwhile. */
  callsOf: (args: string[], env?: Record<string, string>) => Promise<string[]>
}

const CI = 'npm ci --include=dev --no-audit --no-fund'
const BUILD = 'tsc --build'

const setup = (below = ''): Copy => {
  const base = mkdtempSync(join(tmpdir(), 'relay-first-'))
  onTestFinished(() => rmSync(base, { recursive: true }))
  const root = join(base, below)
  const path = (name: string): string => join(root, name)
  const write = (name: string, content: string): void => {
    mkdirSync(dirname(path(name)), { recursive: true })
    writeFileSync(path(name), content)
  }
  for (const copied of ['scripts', 'packages/local-redis/lock.mjs']) {
    cpSync(join(repository, copied), path(copied), { recursive: true })
  }
  write('package.json', '{ "type": "module" }')
  write('package-lock.json', '{}')
  write('apps/cli/package.json', '{ "type": "module" }')
  write('apps/cli/src/main.ts', '')
  write('npm/package.json', '{ "type": "commonjs" }')
  write('npm/npm.js', NPM)
  const run: Copy['run'] = (args, env = {}) =>
    startProcess({
      script: path('scripts/run.mjs'),
      args,
      env: { npm_execpath: path('npm/npm.js'), npm_config_cache: undefined, ...env },
      onEnd: onTestFinished,
    })
  const readCalls = (): string[] =>
    existsSync(path('calls')) ? readFileSync(path('calls'), 'utf8').trim().split('\n') : []
  const callsOf: Copy['callsOf'] = async (args, env) => {
    const before = readCalls().length
    await run(args, env).exited
    return readCalls().slice(before)
  }
  return { path, write, run, callsOf }
}

test('the first start installs, builds and runs; the next one only runs and says nothing', async () => {
  const { run, path } = setup()
  const first = run(['relay', 'status', '--json'])
  expect(await first.exited).toEqual({ code: 0, signal: null })
  expect(first.stdout).toEqual([`${first.pid} status --json`])
  expect(first.stderr).toEqual([
    expect.stringMatching(/^Dependencies npm ci \(\d+\.\d s\)$/),
    expect.stringMatching(/^Build +tsc --build \(\d+\.\d s\)$/),
  ])
  const second = run(['relay'])
  await second.exited
  expect(second.lines).toEqual([String(second.pid)])
  expect(readFileSync(path('calls'), 'utf8')).toBe(`${CI}\n${BUILD}\n`)
})

test('what became stale is made again, and no more than that', async () => {
  const { write, path, callsOf } = setup()
  expect(await callsOf(['relay'])).toEqual([CI, BUILD])
  write('apps/cli/src/main.ts', 'changed')
  expect(await callsOf(['relay'])).toEqual([BUILD])
  write('apps/cli/tsconfig.json', '{}')
  expect(await callsOf(['relay'])).toEqual([BUILD])
  rmSync(path('apps/cli/dist'), { recursive: true })
  expect(await callsOf(['relay'])).toEqual([BUILD])
  write('package-lock.json', '{ "changed": true }')
  expect(await callsOf(['relay'])).toEqual([CI, BUILD])
  rmSync(path('node_modules'), { recursive: true })
  expect(await callsOf(['relay'])).toEqual([CI, BUILD])
  expect(await callsOf(['relay'])).toEqual([])
})

test('an installation by hand counts until the lockfile changes', async () => {
  const { write, callsOf } = setup()
  write('node_modules/typescript/bin/tsc', TSC)
  write('node_modules/.package-lock.json', '{}')
  expect(await callsOf(['relay'])).toEqual([BUILD])
  write('package-lock.json', '{ "changed": true }')
  expect(await callsOf(['relay'])).toEqual([CI, BUILD])
})

test('two starts at once install and build once, and both run', async () => {
  const { run, path } = setup()
  const both = [run(['relay']), run(['relay'])]
  const exits = await Promise.all(both.map(({ exited }) => exited))
  expect(exits.map(({ code }) => code)).toEqual([0, 0])
  expect(readFileSync(path('calls'), 'utf8')).toBe(`${CI}\n${BUILD}\n`)
})

test('an installation that fails ends the start with the words of npm, and is tried again', async () => {
  const { run, callsOf } = setup()
  const failed = run(['relay'], { NPM_FAILS: 'yes' })
  expect(await failed.exited).toEqual({ code: 1, signal: null })
  expect(failed.stderr).toEqual([expect.stringMatching(/npm ci failed \(/), 'npm is unwell'])
  expect(await callsOf(['relay'])).toEqual([CI, BUILD])
})

test('it works in a folder with spaces and a long path', async () => {
  const { run } = setup(join('a folder with spaces', 'x'.repeat(120), 'ü y'.repeat(40)))
  const program = run(['relay', 'a b'])
  expect(await program.exited).toEqual({ code: 0, signal: null })
  expect(program.stdout).toEqual([`${program.pid} a b`])
})

test('an interrupt reaches the program, which is the process that was started', async () => {
  const { run } = setup()
  const program = run(['relay', 'wait'])
  await program.waitForLine(/^\d+ wait$/)
  expect(await program.kill('SIGINT')).toEqual({ code: 7, signal: null })
})

test.each([
  ['where the home can be written npm keeps its own cache', { HOME: tmpdir() }, 'undefined'],
  ['elsewhere the cache lies in the data folder', { HOME: '/dev/null' }, '.relay/npm-cache'],
])('%s', async (_, env, cache) => {
  const { run, path } = setup()
  await run(['relay'], env).exited
  expect(readFileSync(path('caches'), 'utf8').trim().endsWith(cache)).toBe(true)
})

test('an unknown program is refused with the list of those there are', async () => {
  const program = setup().run(['nothing'])
  expect(await program.exited).toEqual({ code: 2, signal: null })
  expect(program.stderr).toEqual([
    'usage: node scripts/run.mjs start|worker|relay|demo|bench|chaos|mutants|mock [arguments]',
  ])
})

test('an older Node is refused with the version that is needed', async () => {
  const { path, write } = setup()
  write('old-node.mjs', `Object.defineProperty(process.versions, 'node', { value: '20.18.3' })`)
  const nodeArgs = ['--import', path('old-node.mjs')]
  const program = startProcess({
    script: path('scripts/run.mjs'),
    args: ['relay'],
    nodeArgs,
    onEnd: onTestFinished,
  })
  expect(await program.exited).toEqual({ code: 1, signal: null })
  expect(program.stderr).toEqual([expect.stringMatching(/needs Node 20\.19 or newer/)])
})
