import { expect, test } from 'vitest'

import { reportOf, tableOf } from '../src/report.ts'
import type { RunResult } from '../src/run.ts'
import { drawSchedule } from '../src/schedule/draw-schedule.ts'
import { unfinished } from '../src/verdict/judge.ts'
import { describeResults } from '../src/write-readme.ts'

function resultOf(seed: number, parts: Partial<RunResult>): RunResult {
  const schedule = drawSchedule(seed, 10_000)
  const injected = schedule.faults.map(({ kind }) => kind)
  return { ...unfinished(''), faults: [], schedule, injected, folder: '', tookMs: 1, ...parts }
}

const ORDER = { seed: 2, loadMs: 10_000, consumer: 'relay' } as const
const { summary } = unfinished('')
const passed = resultOf(1, { events: 10, peakRssMb: 120, summary: { ...summary, repeated: 3 } })
const failed = resultOf(2, { events: 20, faults: ['lost'], summary: { ...summary, lost: 1 } })

test('results add up, and seeds of runs that failed are named', () => {
  const report = reportOf(ORDER, [passed, failed])
  expect(report).toMatchObject({
    runs: 2,
    failed: 1,
    events: 30,
    failedSeeds: [2],
    lost: 1,
    repeated: 3,
    peakRssMb: 120,
  })
})

test('faults are counted that were done, and not those that were skipped', () => {
  const injected = ['redis_killed', 'worker_killed', 'redis_killed'] as const
  const { faults } = reportOf(ORDER, [resultOf(1, { injected }), resultOf(2, { injected: [] })])
  expect(faults).toEqual({ redis_killed: 2, worker_killed: 1 })
})

test('the table has a line for each count and for each kind of fault', () => {
  const report = reportOf(ORDER, [passed, failed])
  const lines = tableOf(report).trimEnd().split('\n')
  expect(lines).toContainEqual(expect.stringMatching(/^lost +1$/))
  expect(lines.filter((line) => line.startsWith('fault '))).toHaveLength(
    Object.keys(report.faults).length,
  )
})

test('the README shows the relay and the control side by side, with the commands that they come from', () => {
  const relay = reportOf(ORDER, [passed])
  const control = reportOf({ ...ORDER, consumer: 'stock' }, [failed])
  const text = describeResults(relay, control)
  expect(text).toContain('| runs in which something went wrong | 0 | 1 |')
  expect(text).toContain('| acknowledged events that were lost | 0 | 1 |')
  expect(text).toContain('`npm run chaos -- --runs 1 --seed 2 --duration 10 --json`')
})

test('reports that have nothing to do with each other are refused', () => {
  const relay = reportOf(ORDER, [passed])
  const other = reportOf({ ...ORDER, consumer: 'stock', seed: 3 }, [failed])
  expect(() => describeResults(relay, relay)).toThrow('--consumer stock')
  expect(() => describeResults(relay, other)).toThrow('the same seeds')
})
