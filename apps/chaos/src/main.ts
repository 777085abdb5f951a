// `npm run chaos -- --runs N --seed S`: runs of the whole relay under random faults, one after another, each told in a
// line. Exit code 1 when a run failed; its folder and the command that repeats it are printed.

import { randomInt } from 'node:crypto'
import { relative } from 'node:path'

import { againCommand } from './again-command.ts'
import { readCommandLine, USAGE } from './command-line.ts'
import type { ChaosOrder } from './command-line.ts'
import { reportOf, tableOf } from './report.ts'
import type { Report } from './report.ts'
import { runSeed } from './run.ts'
import type { RunResult } from './run.ts'
import { readReport, writeReadme } from './write-readme.ts'

/** A fresh seed is short enough to be typed. */
const FRESH_SEEDS = 1_000_000

/** Of the faults of a run, so many are printed; the folder has all. */
const SHOWN_FAULTS = 10

const say = (line: string): void => void process.stderr.write(`${line}\n`)

const command = readCommandLine(process.argv.slice(2), randomInt(1, FRESH_SEEDS))
switch (command.kind) {
  case 'help':
    process.stdout.write(`${USAGE}\n`)
    break
  case 'wrong':
    say(`${command.message}\n\n${USAGE}`)
    process.exitCode = 2
    break
  case 'write':
    process.exitCode = write(command.relay, command.control)
    break
  case 'run':
    process.exitCode = await runAll(command.order)
}

function write(relay: string, control: string): number {
  try {
    writeReadme(readReport(relay), readReport(control))
    return 0
  } catch (error) {
    say(`The README stays as it is: ${error instanceof Error ? error.message : String(error)}`)
    return 2
  }
}

async function runAll(order: ChaosOrder): Promise<number> {
  const report = await runSeeds(order)
  process.stdout.write(order.json ? `${JSON.stringify(report)}\n` : tableOf(report))
  return report.failed === 0 ? 0 : 1
}

async function runSeeds(order: ChaosOrder): Promise<Report> {
  const results: RunResult[] = []
  for (let run = 0; run < order.runs; run += 1) {
    const result = await runSeed({ ...order, seed: order.seed + run })
    tell(result, order)
    results.push(result)
  }
  return reportOf(order, results)
}

function tell({ schedule, faults, folder, tookMs }: RunResult, order: ChaosOrder): void {
  const { seed, topology, workers, load } = schedule
  const stage = `${topology.kind}, ${load.producers} producers, ${workers} workers, ${schedule.faults.length} faults`
  const seconds = (tookMs / 1000).toFixed(1)
  say(
    `${order.consumer} seed ${seed}: ${faults.length === 0 ? 'passed' : 'FAILED'} (${stage}, ${seconds} s)`,
  )
  if (faults.length === 0) return
  for (const fault of faults.slice(0, SHOWN_FAULTS)) say(`  ${fault}`)
  if (faults.length > SHOWN_FAULTS) say(`  … ${faults.length} in all`)
  say(`  ${relative(process.cwd(), folder)}/timeline.txt`)
  say(`  again: ${againCommand({ ...order, seed })}`)
}
