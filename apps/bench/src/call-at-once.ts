// Calls that many callers make at once, each awaiting its own before it makes the next.

import { roundTo } from './round-to.ts'

/** Rate and waits of one measurement. */
export interface EnqueueFigures {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** Makes `events` numbered calls; they begin in the order of their numbers. */
export async function callAtOnce(
  events: number,
  callers: number,
  call: (number: number) => Promise<void>,
): Promise<EnqueueFigures> {
  const waitsMs: number[] = []
  let next = 0
  const caller = async (): Promise<void> => {
    while (next < events) {
      const number = next
      next += 1
      const startedMs = performance.now()
      await call(number)
      waitsMs.push(performance.now() - startedMs)
    }
  }
  const startedMs = performance.now()
  await Promise.all(Array.from({ length: callers }, caller))
  const seconds = (performance.now() - startedMs) / 1000
  const sorted = waitsMs.toSorted((one, other) => one - other)
  const at = (part: number): number => roundTo(sorted[Math.floor(sorted.length * part)] ?? 0, 1)
  return { perSecond: Math.round(events / seconds), p50Ms: at(0.5), p99Ms: at(0.99) }
}
