/*
 * The tarball as a service gets it.
 * Setup: the three packages are compiled and packed; an empty project installs the tarball from a file and everything else
 * from the registry; a private Redis.
 * What this proves: the README's program runs and type-checks against the packed types; the tarball brings bullmq, ioredis
 * and zod with what they need, and nothing else.
 */

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { startProcess, startTestRedis } from '@retention-relay/testkit'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'

import { storedEvents } from './stored-events.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const readme = readFileSync(join(root, 'packages/producer/README.md'), 'utf8')
const [program = '', secondTry = ''] = Array.from(
  readme.matchAll(/```ts\n(.*?)```/gs),
  ([, block = '']) => block,
)

let project: string
beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'relay-service-'))
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  execFileSync(process.execPath, [tsc, '--build', 'packages/producer'], { cwd: root })
  const script = join(root, 'packages/producer/scripts/pack.mjs')
  const tarball = execFileSync(process.execPath, [script, project], { encoding: 'utf8' }).trim()
  writeFileSync(join(project, 'package.json'), '{"name":"service","private":true,"type":"module"}')
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts']
  execFileSync('npm', ['install', ...quiet, tarball], { cwd: project, stdio: 'pipe' })
}, 180_000)
afterAll(() => rmSync(project, { recursive: true }))

interface Lockfile {
  readonly packages: Record<
    string,
    { dependencies?: Record<string, string>; optionalDependencies?: Record<string, string> }
  >
}

it('brings bullmq, ioredis and zod, what these need, and nothing else', () => {
  const lock = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8')) as Lockfile
  const needsOf = (name: string): string[] => {
    const entry = lock.packages[`node_modules/${name}`]
    return Object.keys({ ...entry?.dependencies, ...entry?.optionalDependencies })
  }
  expect(needsOf('@retention-relay/producer').toSorted()).toEqual(['bullmq', 'ioredis', 'zod'])
  const reached = new Set(['@retention-relay/producer'])
  for (const name of reached) for (const need of needsOf(name)) reached.add(need)
  const installed = Object.keys(lock.packages).filter((path) => path !== '')
  const names = installed.map((path) => path.replace(/^.*node_modules\//, ''))
  expect(names.filter((name) => !reached.has(name))).toEqual([])
})

it('runs the program of the README against a real Redis', async () => {
  const redis = await startTestRedis({ onEnd: onTestFinished })
  writeFileSync(join(project, 'program.js'), program)
  const service = startProcess({
    script: join(project, 'program.js'),
    cwd: project,
    env: { REDIS_URL: redis.url },
    onEnd: onTestFinished,
  })
  expect(await service.exited).toEqual({ code: 0, signal: null })
  const stored = await storedEvents(redis.url, 'production')
  expect(stored.map(({ op, customerId }) => `${op} ${customerId}`)).toEqual([
    'identify cus_42',
    'track cus_42',
  ])
  expect(service.stdout.join('\n')).toContain(stored[1]?.id)
})

it('has types: the programs of the README type-check, and a wrong one does not', () => {
  const preamble = `import { createProducer, EnqueueError } from '@retention-relay/producer'
const relay = await createProducer({ namespace: 'production', redis: process.env.REDIS_URL })
`
  const wrong = "await relay.track('cus_42', { name: 'order_placed', data: { order_id: 981 } })\n"
  const config = {
    compilerOptions: {
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      module: 'nodenext',
      target: 'es2022',
      types: ['node'],
      typeRoots: [join(root, 'node_modules/@types')],
    },
    include: ['*.ts'],
  }
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(config))
  writeFileSync(join(project, 'program.ts'), program)
  writeFileSync(join(project, 'second-try.ts'), preamble + secondTry)
  expect(typeErrors()).toEqual([])
  writeFileSync(join(project, 'wrong.ts'), preamble + wrong)
  expect(typeErrors()).toEqual([expect.stringMatching(/^wrong\.ts.*error TS/)])
})

const typeErrors = (): string[] => {
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  try {
    execFileSync(process.execPath, [tsc, '-p', '.'], { cwd: project, encoding: 'utf8' })
    return []
  } catch (error) {
    const { stdout } = error as { stdout: string }
    return stdout.split('\n').filter((line) => line.includes('error TS'))
  }
}
