// examples/ci/tracking-plan.yml as a service's CI runs it: every line of the workflow that calls the relay, by a shell, in a
// folder laid out as the workflow's checkouts lay it.

import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { afterEach, beforeEach, expect, test } from 'vitest'

import { MAIN } from './relay-process.ts'

const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url))
const workflow = readFileSync(join(REPOSITORY, 'examples/ci/tracking-plan.yml'), 'utf8')

/** What the workflow's `env` says. */
const env = Object.fromEntries(
  Array.from(workflow.matchAll(/^ {2}([A-Z_]+): (\S+)$/gm), ([, name = '', value = '']) => [
    name,
    value,
  ]),
)
const commands = Array.from(
  workflow.matchAll(/- run: (node relay\/.*)$/gm),
  ([, line = '']) => line,
)

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'relay-ci-'))
  // The program itself, built: its set-up of a fresh checkout is the business of another test.
  const command = join(folder, 'relay/apps/cli/bin/relay.mjs')
  mkdirSync(dirname(command), { recursive: true })
  writeFileSync(command, `import ${JSON.stringify(MAIN)}`)
  mkdirSync(join(folder, 'base'))
  // As in a shop, where npm installs the producer package.
  for (const place of ['', 'base'])
    symlinkSync(join(REPOSITORY, 'node_modules'), join(folder, place, 'node_modules'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

/** A shop's plan with one event of its own. */
function writePlan(place: string, fields: string): void {
  writeFileSync(
    join(folder, place, env['RELAY_TRACKING_PLAN'] ?? ''),
    `import { defineEvent, defineTrackingPlan, retentionPlan } from '@retention-relay/producer'
     import * as z from 'zod'
     export default defineTrackingPlan({ extends: retentionPlan, events: [defineEvent({
       name: 'quiz_taken', description: 'A quiz was taken.', version: 1, schema: z.strictObject({ ${fields} }),
     })] })`,
  )
}

function writeSamples(data: object): void {
  const sample = { op: 'track', customerId: 'cus_1', name: 'quiz_taken', data }
  writeFileSync(join(folder, env['SAMPLES'] ?? ''), `${JSON.stringify(sample)}\n`)
}

async function runLine(
  line: string,
  variables: Readonly<Record<string, string>> = env,
): Promise<{ code: number; stdout: string }> {
  const around = { cwd: folder, env: { PATH: process.env['PATH'], ...variables } }
  return new Promise((resolve) => {
    execFile('sh', ['-c', line], around, (error, stdout) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout })
    })
  })
}

test('a change that breaks nothing, and samples that match, pass every step', async () => {
  writePlan('base', 'score: z.number()')
  writePlan('', 'score: z.number(), note: z.string().optional()')
  writeSamples({ score: 3 })
  const codes: number[] = []
  for (const command of commands) codes.push((await runLine(command)).code)
  expect(codes).toEqual([0, 0, 0, 0])
})

test('a renamed field stops the step that compares, and an old sample the one that checks', async () => {
  writePlan('base', 'quiz_score: z.number()')
  writePlan('', 'quizScore: z.number()')
  writeSamples({ quiz_score: 3 })
  const ended: { code: number; stdout: string }[] = []
  for (const command of commands) ended.push(await runLine(command))
  expect(ended.map(({ code }) => code)).toEqual([1, 0, 0, 1])
  expect(ended[0]?.stdout).toContain('line 1: quiz_taken: data.quizScore: expected number')
  expect(ended[3]?.stdout).toContain('quiz_score: renamed to quizScore')
})

test('without the line of the own plan every step goes by the shipped one', async () => {
  const { RELAY_TRACKING_PLAN: own, ...shipped } = env
  expect(own).toBeDefined()
  const sample = { op: 'track', customerId: 'cus_1', name: 'order_placed', data: { value: '1' } }
  const lines = [
    JSON.stringify(sample),
    '{"op":"identify","customerId":"cus_1","attributes":{"total_orders":3}}',
  ]
  const ended: { code: number; stdout: string }[] = []
  for (const each of lines) {
    writeFileSync(join(folder, env['SAMPLES'] ?? ''), each)
    for (const command of commands) ended.push(await runLine(command, shipped))
  }
  expect(ended.map(({ code }) => code)).toEqual([1, 0, 0, 0, 0, 0, 0, 0])
  expect(ended[0]?.stdout).toContain('line 1: order_placed: data.value: expected number')
  expect(ended[7]?.stdout).toBe('no differences\n')
})
