// Setup: `npm run chaos` as a process, short runs of two fixed seeds (one Redis; sentinels) and of a fresh one, whose seed
//   is printed with its verdict.
// Proves: the relay comes through, the report says so, and such a run leaves no folder behind.

import { randomInt } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { startProcess } from '@retention-relay/testkit'
import type { ProcessExit } from '@retention-relay/testkit'
import { expect, onTestFinished, test } from 'vitest'

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const RUNS_FOLDER = fileURLToPath(new URL('../../../.relay/chaos', import.meta.url))

interface Outcome {
  readonly exit: ProcessExit
  readonly report: Readonly<Record<string, unknown>>
  readonly said: string
}

async function chaos(...flags: readonly string[]): Promise<Outcome> {
  const process = startProcess({ script: MAIN, args: [...flags, '--json'], onEnd: onTestFinished })
  const exit = await process.exited
  const report = JSON.parse(process.stdout.at(-1) ?? '') as Outcome['report']
  return { exit, report, said: process.stderr.join('\n') }
}

test.each([
  ['a single Redis', '6'],
  ['sentinels', '7'],
  ['a fresh seed', String(randomInt(1, 1_000_000))],
])('the relay keeps its promises through a run with %s: seed %s', async (_what, seed) => {
  const { exit, report, said } = await chaos('--seed', seed, '--duration', '4')
  expect(said).toMatch(new RegExp(`^seed ${seed}: passed`))
  expect(report).toMatchObject({
    runs: 1,
    failed: 0,
    lost: 0,
    doubled: 0,
    inversions: 0,
    deadByOutage: 0,
  })
  expect(exit.code).toBe(0)
  expect(existsSync(join(RUNS_FOLDER, `relay-${seed}`))).toBe(false)
})
