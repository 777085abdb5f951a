// Puts the figures of a run into the README, between two marks, so that no figure there was typed.

import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import type { Report } from './report.ts'

const README = fileURLToPath(new URL('../../../README.md', import.meta.url))
const BEGIN = '<!-- bench:quick -->'
const END = '<!-- /bench:quick -->'

/** Replaces the figures in the README. */
export function writeReadme(report: Report): void {
  const text = readFileSync(README, 'utf8')
  const [before, rest = ''] = text.split(BEGIN)
  const after = rest.split(END).at(1) ?? ''
  writeFileSync(README, `${before}${BEGIN}\n\n${figures(report)}\n\n${END}${after}`)
}

function figures(report: Report): string {
  const number = (value: number): string => value.toLocaleString('en-US')
  return [
    '| measured | Retention Relay | BullMQ | ratio of the pairs |',
    '| --- | --- | --- | --- |',
    `| drain of one worker process, events/s (ours: 50 events a job, over HTTP to a receiver that answers after 20 ms; BullMQ: its own Worker with a processor that does nothing, concurrency ${report.stockConcurrency}) | ${number(report.drainPerSecond)} | ${number(report.stockDrainPerSecond)} | ${report.drainRatio} |`,
    `| enqueue with 1,000 callers at once, events/s (BullMQ: \`queue.add\` per event) | ${number(report.enqueuePerSecond)} | ${number(report.stockEnqueuePerSecond)} | ${report.enqueueRatio} |`,
    '',
    `Written by \`npm run bench -- --quick --write\` on ${report.date} at commit ${report.commit}; ${report.machine}; Redis with`,
    '`appendfsync always` on the same machine. Middle of three rounds.',
  ].join('\n')
}
