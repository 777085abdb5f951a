// Two ways of doing the same, measured in pairs on a machine that does other things too.

import { middle } from './middle.ts'

const PAIRS = 7

/** One run: how fast, and how much one event cost. */
export interface Run {
  readonly perSecond: number
  readonly cpuUsPerEvent: number
}

/** A way of the load with the checks of the shipped plan and without. Each figure is the middle of its runs. */
export interface Compared {
  readonly checked: Run
  readonly unchecked: Run
  /** Middle over the pairs: by so many per cent the checks make an event dearer. */
  readonly cpuPercent: number
}

/** Each pair in the other order than the one before: what a machine does to the second of two meets both. */
export async function inPairs(measure: (isChecked: boolean) => Promise<Run>): Promise<Compared> {
  const pairs: { readonly checked: Run; readonly unchecked: Run }[] = []
  for (let pair = 0; pair < PAIRS; pair += 1) {
    const first = await measure(pair % 2 === 0)
    const second = await measure(pair % 2 !== 0)
    const [checked, unchecked] = pair % 2 === 0 ? [first, second] : [second, first]
    pairs.push({ checked, unchecked })
    process.stderr.write(`pair ${pair + 1}: checked ${say(checked)}, unchecked ${say(unchecked)}\n`)
  }
  const dearer = pairs.map(
    ({ checked, unchecked }) => checked.cpuUsPerEvent / unchecked.cpuUsPerEvent - 1,
  )
  return {
    checked: middleRun(pairs.map(({ checked }) => checked)),
    unchecked: middleRun(pairs.map(({ unchecked }) => unchecked)),
    cpuPercent: round(middle(dearer) * 100),
  }
}

function middleRun(runs: readonly Run[]): Run {
  return {
    perSecond: middle(runs.map(({ perSecond }) => perSecond)),
    cpuUsPerEvent: round(middle(runs.map(({ cpuUsPerEvent }) => cpuUsPerEvent))),
  }
}

function say({ perSecond, cpuUsPerEvent }: Run): string {
  return `${perSecond}/s at ${round(cpuUsPerEvent)} µs`
}

/** To one decimal. */
function round(figure: number): number {
  return Math.round(figure * 10) / 10
}
