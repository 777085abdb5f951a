// Setup: the steps of infra/worker/Dockerfile, carried out in clean folders; a private Redis; the mock.
// Timeline: the process of the image is started from exactly those files and delivers one event.
// Proves: the Dockerfile copies and installs all that the worker and a shop's tracking plan need, and nothing that they do
//   not.

import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { startMock } from '@retention-relay/mock-customerio'
import { startProcess, startTestRedis, freePort, until } from '@retention-relay/testkit'
import type { TestProcess } from '@retention-relay/testkit'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'

import { PartitionOutside, track } from '../jobs.ts'
import { settingsOf } from '../settings.ts'
import type { Settings } from '../observed-worker.ts'
import { buildImage } from './build-image.ts'
import type { Image } from './build-image.ts'

/** Id of the user `node` in the base image. */
const NODE_UID = 1000

const folder = mkdtempSync(join(tmpdir(), 'relay-image-'))
afterAll(() => rmSync(folder, { recursive: true }))

let image: Image
let app: string
beforeAll(async () => {
  chmodSync(folder, 0o755)
  image = await buildImage(folder)
  app = join(image.root, image.config.workdir)
}, 180_000)

/** Starts a command of the image; as another user where this process may become one. */
function start(command: readonly string[], env: Settings): TestProcess {
  const [node, ...args] = command
  expect(node).toBe('node')
  const script = args.findIndex((word) => !word.startsWith('-'))
  const become = `process.setgid(${NODE_UID});process.setuid(${NODE_UID})`
  const isRoot = process.getuid?.() === 0
  return startProcess({
    script: join(app, args[script]!),
    args: args.slice(script + 1),
    nodeArgs: [
      ...args.slice(0, script),
      ...(isRoot ? ['--import', `data:text/javascript,${become}`] : []),
    ],
    cwd: app,
    env: { ...env, ...image.config.env },
    onEnd: onTestFinished,
  })
}

test('the worker starts from the files of the image, is live and ready, delivers, and stops', async () => {
  const redis = await startTestRedis({ port: true, onEnd: onTestFinished })
  const mock = await startMock()
  onTestFinished(() => mock.close())
  const port = await freePort()
  const settings = {
    ...settingsOf('image', mock),
    REDIS_URL: redis.url,
    RELAY_HTTP_PORT: String(port),
  }
  const { command, healthcheck, stopSignal } = image.config
  const early = start(healthcheck, settings)
  expect(await early.exited).toEqual({ code: 1, signal: null })
  expect(early.lines).toEqual([])

  const worker = start(command, settings)
  await worker.waitForLine(/"event":"worker.started"/)
  const ready = async (): Promise<number> =>
    (await fetch(`http://127.0.0.1:${port}/health/ready`)).status
  await until(ready, { accept: (status) => status === 200 })
  expect(await start(healthcheck, settings).exited).toMatchObject({ code: 0 })

  await new PartitionOutside(redis, 'image').add([track('cus_1')])
  await mock.waitFor(({ applied }) => applied === 1)
  expect(stopSignal).toBe('SIGTERM')
  expect(await worker.kill('SIGTERM')).toEqual({ code: 0, signal: null })
})

const PLAN = `
import { defineEvent, defineTrackingPlan, retentionPlan } from '@retention-relay/producer'
import * as z from 'zod'
const quizDone = defineEvent({
  name: 'quiz_done',
  description: 'The customer has answered all questions.',
  version: 1,
  schema: z.strictObject({ score: z.int() }),
})
export default defineTrackingPlan({ extends: retentionPlan, events: [quizDone] })
`

test("a shop's tracking plan that imports the producer package is loaded where it is mounted", async () => {
  const redis = await startTestRedis({ port: true, onEnd: onTestFinished })
  const mock = await startMock()
  onTestFinished(() => mock.close())
  const path = join(app, 'plan.mjs')
  writeFileSync(path, PLAN)
  onTestFinished(() => rmSync(path))
  const settings = { ...settingsOf('plan', mock), REDIS_URL: redis.url }
  const worker = start(image.config.command, { ...settings, RELAY_TRACKING_PLAN: 'plan.mjs' })
  await worker.waitForLine(/"event":"worker.started".*"trackingPlan":"plan.mjs"/)
  const quiz = { ...track('cus_1', { score: 5 }), name: 'quiz_done' }
  await new PartitionOutside(redis, 'plan').add([quiz, { ...track('cus_2'), name: 'quiz_done' }])
  await mock.waitFor(({ applied }) => applied === 1)
  expect(mock.received().map(({ id }) => id)).toEqual([quiz.id])
  expect(await worker.kill('SIGTERM')).toEqual({ code: 0, signal: null })
})

test('there is no source, no test, no tool and no secret in it, and all of it can be read by its user', () => {
  const files = readdirSync(app, { recursive: true, encoding: 'utf8' })
  const ours = files.filter((path) => !path.startsWith('node_modules'))
  expect(ours.filter((path) => /(^|\/)(src|test)(\/|$)|\.env|tsconfig/.test(path))).toEqual([])
  for (const tool of ['typescript', 'vitest', 'oxlint', 'turbo']) {
    expect(existsSync(join(app, 'node_modules', tool))).toBe(false)
  }
  expect(image.config.user).toBe('node')
  const unreadable = files.filter((path) => (statSync(join(app, path)).mode & 0o004) === 0)
  expect(unreadable).toEqual([])
})

test('what npm installed is what package-lock.json says', () => {
  const read = (path: string): { packages: Record<string, { version?: string }> } =>
    JSON.parse(readFileSync(path, 'utf8')) as { packages: Record<string, { version?: string }> }
  const locked = read(join(app, 'package-lock.json')).packages
  const installed = Object.entries(read(join(app, 'node_modules/.package-lock.json')).packages)
  expect(installed.length).toBeGreaterThan(20)
  for (const [path, { version }] of installed)
    expect([path, version]).toEqual([path, locked[path]?.version])
})
