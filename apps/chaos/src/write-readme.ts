// Puts the results of the relay and of the control, of the same seeds, side by side into the README, between two marks,
// so that no figure there was typed.

import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'

import type { ChaosOrder } from './command-line.ts'
import type { Report } from './report.ts'
import { README } from './stage/programs.ts'

const BEGIN = '<!-- chaos -->'
const END = '<!-- /chaos -->'

/** What a row shows. */
const ROWS: readonly (readonly [text: string, of: (report: Report) => number])[] = [
  ['runs in which something went wrong', ({ failed }) => failed],
  ['acknowledged events that were lost', ({ lost }) => lost],
  ['events that took effect twice without need', ({ doubled }) => doubled],
  ['events of a customer out of order', ({ inversions }) => inversions],
  ['a customer in two requests at once, or twice in a batch', ({ overlaps }) => overlaps],
  ['dead letters that only an outage made', ({ deadByOutage }) => deadByOutage],
  ['sent again after an unknown outcome, and dropped by their ids', ({ repeated }) => repeated],
]

/** Replaces the results in the README. */
export function writeReadme(order: ChaosOrder, relay: Report, stock: Report): void {
  const text = readFileSync(README, 'utf8')
  const [before, rest = ''] = text.split(BEGIN)
  const after = rest.split(END).at(1) ?? ''
  const results = describeResults(order, relay, stock)
  writeFileSync(README, `${before}${BEGIN}\n\n${results}\n\n${END}${after}`)
}

/** The table and where it comes from. */
export function describeResults(order: ChaosOrder, relay: Report, stock: Report): string {
  const faults = Object.values(relay.faults).reduce((sum, count) => sum + count, 0)
  const rows = ROWS.map(([text, of]) => `| ${text} | ${of(relay)} | ${of(stock)} |`)
  return [
    `| ${relay.runs} runs, ${faults} faults of ${Object.keys(relay.faults).length} kinds, ${relay.events} events | Retention Relay | BullMQ's own Worker |`,
    '| --- | --- | --- |',
    ...rows,
    '',
    `Written by \`npm run chaos -- --runs ${order.runs} --seed ${order.seed} --duration ${order.loadMs / 1000} --write\` on`,
    `${new Date().toISOString().slice(0, 10)} at commit ${commit()}; ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, Node ${process.versions.node}.`,
  ].join('\n')
}

function commit(): string {
  return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
}
