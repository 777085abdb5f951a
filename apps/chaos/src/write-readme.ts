// Puts the results of the relay and of the control, of the same seeds, side by side into the README, between two marks,
// so that no figure there was typed.

import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'

import type { Report } from './report.ts'
import { README } from './stage/programs.ts'

const BEGIN = '<!-- chaos -->'
const END = '<!-- /chaos -->'

/** What a row shows. */
const ROWS: readonly (readonly [text: string, of: (report: Report) => number])[] = [
  ['runs in which something went wrong', ({ failed }) => failed],
  ['acknowledged events that were lost', ({ lost }) => lost],
  [
    'acknowledged events that still waited a minute after the load',
    ({ undelivered }) => undelivered,
  ],
  ['events that took effect twice without need', ({ doubled }) => doubled],
  ['events of a customer out of order', ({ inversions }) => inversions],
  ['a customer in two requests at once', ({ overlaps }) => overlaps],
  ['a customer twice in a batch without a backlog', ({ twiceInBatch }) => twiceInBatch],
  ['dead letters that only an outage made', ({ deadByOutage }) => deadByOutage],
  ['sent again after an unknown outcome, and dropped by their ids', ({ repeated }) => repeated],
]

/** Reads what `--json` printed: its last line. */
export function readReport(path: string): Report {
  const last = readFileSync(path, 'utf8').trimEnd().split('\n').at(-1) ?? ''
  return JSON.parse(last) as Report
}

/** Replaces the results in the README. */
export function writeReadme(relay: Report, control: Report): void {
  const text = readFileSync(README, 'utf8')
  const [before, rest = ''] = text.split(BEGIN)
  const after = rest.split(END).at(1) ?? ''
  const results = describeResults(relay, control)
  writeFileSync(README, `${before}${BEGIN}\n\n${results}\n\n${END}${after}`)
}

/**
 * The table and where it comes from.
 *
 * @throws RangeError when the two are not reports of the relay and of the control on the same seeds.
 */
export function describeResults(relay: Report, control: Report): string {
  assertPair(relay, control)
  const faults = Object.values(relay.faults).reduce((sum, count) => sum + count, 0)
  const rows = ROWS.map(([text, of]) => `| ${text} | ${of(relay)} | ${of(control)} |`)
  const command = `npm run chaos -- --runs ${relay.runs} --seed ${relay.seed} --duration ${relay.loadMs / 1000} --json`
  return [
    `| ${relay.runs} runs, ${faults} faults of ${Object.keys(relay.faults).length} kinds, ${relay.events} events | Retention Relay | BullMQ's own Worker |`,
    '| --- | --- | --- |',
    ...rows,
    '',
    `Written by \`npm run chaos -- --write\` from \`${command}\` (${stampOf(relay)}) and the same with`,
    `\`--consumer stock\` (${stampOf(control)}); ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, Node ${process.versions.node}.`,
  ].join('\n')
}

function assertPair(relay: Report, control: Report): void {
  const isPair = relay.consumer === 'relay' && control.consumer === 'stock'
  const isSame = (['runs', 'seed', 'loadMs'] as const).every(
    (name) => relay[name] === control[name],
  )
  if (isPair && isSame) return
  throw new RangeError(
    'give the reports of the relay and of --consumer stock, in this order, on the same seeds and duration',
  )
}

function stampOf({ date, commit }: Report): string {
  return `${date}, commit ${commit}`
}
