// How long one call takes that is too short to be timed alone.

import { middle } from './middle.ts'

const CALLS = 100_000
const REPEATS = 7
const MILLION = 1_000_000

/** Middle over the repeats. `call` is told how many calls were made before it. */
export function nanoseconds(call: (number: number) => void): number {
  const times = Array.from({ length: REPEATS }, (_, repeat) => {
    const startedMs = performance.now()
    for (let made = 0; made < CALLS; made += 1) call(repeat * CALLS + made)
    return ((performance.now() - startedMs) * MILLION) / CALLS
  })
  return Math.round(middle(times))
}
