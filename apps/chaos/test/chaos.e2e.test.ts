// Setup: `npm run chaos` as a process, short runs of fixed seeds, each drawn for its faults, and of a fresh one, whose seed
//   is printed with its verdict; and of the control, BullMQ's own Worker.
// Proves: the faults come about and the relay comes through, the report says so, and such a run leaves no folder behind. The
//   control does not: the checks see it, the exit code says so, and the folder has what a person needs.

import { randomInt } from 'node:crypto'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { startProcess } from '@retention-relay/testkit'
import type { ProcessExit } from '@retention-relay/testkit'
import { expect, onTestFinished, test } from 'vitest'

import type { FaultKind } from '../src/schedule/fault-table.ts'

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

test.each<[what: string, seed: string, ...faults: FaultKind[]]>([
  [
    'a failover of sentinels and a killed worker',
    '2010',
    'sentinel_master_killed',
    'worker_killed',
  ],
  ['a Cluster that loses a master', '2', 'cluster_master_killed'],
  ['a fresh seed', String(randomInt(1, 1_000_000))],
])(
  'the relay keeps its promises through a run with %s: seed %s',
  async (_what, seed, ...faults) => {
    const { exit, report, said } = await chaos('--seed', seed, '--duration', '3')
    expect(said).toMatch(new RegExp(`^relay seed ${seed}: passed`))
    const none = { failed: 0, lost: 0, unsent: 0, doubled: 0, inversions: 0, deadByOutage: 0 }
    expect(report).toMatchObject({ runs: 1, ...none })
    expect(report['events']).toBeGreaterThan(100)
    expect(Object.keys(report['faults'] ?? {})).toEqual(expect.arrayContaining(faults))
    expect(exit.code).toBe(0)
    expect(existsSync(join(RUNS_FOLDER, `relay-${seed}`))).toBe(false)
  },
)

test('the control does not, and the folder of its run tells what went wrong', async () => {
  const folder = join(RUNS_FOLDER, 'stock-39')
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const { exit, report, said } = await chaos(
    ...'--consumer stock --seed 39 --duration 2'.split(' '),
  )
  expect(exit.code).toBe(1)
  expect(report).toMatchObject({ runs: 1, failed: 1, failedSeeds: [39] })
  expect(said).toContain('again: npm run chaos -- --seed 39 --duration 2 --consumer stock')
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8')
  expect(read('findings.txt')).toContain('overlap: ')
  expect(read('timeline.txt')).toMatch(/^\d\d:\d\d:\d\d\.\d{3} worker-1 starts as process \d+$/m)
  expect(read('timeline.txt')).toMatch(/ run the relay is drained$/m)
  expect(read('again.txt')).toBe('npm run chaos -- --seed 39 --duration 2 --consumer stock\n')
  expect(JSON.parse(read('schedule.json'))).toMatchObject({
    seed: 39,
    topology: { kind: 'standalone' },
  })
  for (const log of ['worker-1.log', 'producer-1.log', 'redis-1.log', 'mock.log']) {
    expect(read(log)).not.toBe('')
  }
})
