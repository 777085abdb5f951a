import type { Stamp } from './stamp.ts'

/** What a run measured. Rates per second, waits in milliseconds, ratios relay / BullMQ as the middle of the pairs. */
export interface Report extends Stamp {
  readonly drainPerSecond: number
  readonly stockDrainPerSecond: number
  readonly stockConcurrency: number
  readonly drainRatio: number
  readonly enqueuePerSecond: number
  readonly stockEnqueuePerSecond: number
  readonly enqueueRatio: number
  readonly enqueueP50Ms: number
  readonly enqueueP99Ms: number
}

/** What stands in the README of a report. */
export interface Figures {
  /** Name of the marks between which it stands. */
  readonly section: 'quick' | 'validation' | 'drift'
  readonly lines: readonly string[]
  /** Of how many runs each figure is the middle. */
  readonly middleOf: string
}

/** The figures for the README. */
export function reportFigures(report: Report): Figures {
  const number = (value: number): string => value.toLocaleString('en-US')
  return {
    section: 'quick',
    lines: [
      '| measured | Retention Relay | BullMQ | ratio of the pairs |',
      '| --- | --- | --- | --- |',
      `| drain of one worker process, events/s (ours: 50 events a job, over HTTP to a receiver that answers after 20 ms; BullMQ: its own Worker with a processor that does nothing, concurrency ${report.stockConcurrency}) | ${number(report.drainPerSecond)} | ${number(report.stockDrainPerSecond)} | ${report.drainRatio} |`,
      `| enqueue with 1,000 callers at once, events/s (BullMQ: \`queue.add\` per event) | ${number(report.enqueuePerSecond)} | ${number(report.stockEnqueuePerSecond)} | ${report.enqueueRatio} |`,
    ],
    middleOf: 'three rounds',
  }
}
