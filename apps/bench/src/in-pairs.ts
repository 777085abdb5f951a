// The same load with something and without it, measured in pairs on a machine that does other things too.

import { middle } from './middle.ts'
import { roundTo } from './round-to.ts'

const PAIRS = 7

/** One run: how fast, and how much one event cost. */
export interface Run {
  readonly perSecond: number
  readonly cpuUsPerEvent: number
}

/** The load with what is measured and without. Each figure is the middle of its runs. */
export interface Compared {
  readonly with: Run
  readonly without: Run
  /** Middle over the pairs: by so many per cent what is measured makes an event dearer. */
  readonly cpuPercent: number
}

interface Pair {
  readonly with: Run
  readonly without: Run
}

/** Each pair in the other order than the one before: what a machine does to the second of two meets both. */
export async function inPairs(measure: (isWith: boolean) => Promise<Run>): Promise<Compared> {
  const pairs: Pair[] = []
  for (let index = 0; index < PAIRS; index += 1) {
    const isWithFirst = index % 2 === 0
    const first = await measure(isWithFirst)
    const second = await measure(!isWithFirst)
    const pair = isWithFirst ? { with: first, without: second } : { with: second, without: first }
    pairs.push(pair)
    process.stderr.write(
      `pair ${index + 1}: with ${say(pair.with)}, without ${say(pair.without)}\n`,
    )
  }
  const dearer = pairs.map((pair) => pair.with.cpuUsPerEvent / pair.without.cpuUsPerEvent - 1)
  return {
    with: middleRun(pairs.map((pair) => pair.with)),
    without: middleRun(pairs.map((pair) => pair.without)),
    cpuPercent: roundTo(middle(dearer) * 100, 1),
  }
}

function middleRun(runs: readonly Run[]): Run {
  return {
    perSecond: middle(runs.map(({ perSecond }) => perSecond)),
    cpuUsPerEvent: roundTo(middle(runs.map(({ cpuUsPerEvent }) => cpuUsPerEvent)), 1),
  }
}

function say({ perSecond, cpuUsPerEvent }: Run): string {
  return `${perSecond}/s at ${roundTo(cpuUsPerEvent, 1)} µs`
}
