// What slices of a drain, with the watches and without in turn, say about their cost.

import { middle } from './middle.ts'

/** Variable of the environment that names the file for the slices. */
export const SLICES_FILE = 'BENCH_SLICES_FILE'

/** A quarter of a second of a drain. */
export interface Slice {
  readonly isWatched: boolean
  /** Events that came to the watches. */
  readonly events: number
  /** Time that the process computed, in microseconds. */
  readonly cpuUs: number
}

/** Fewer events mean that the drain had not begun, or was over. */
const LEAST_EVENTS = 1000

/** Cost of an event in microseconds of processor time. */
export interface SliceCost {
  readonly withUs: number
  readonly withoutUs: number
  /** Neighbours that were compared. */
  readonly pairs: number
}

/** Middle of the slices without, and with what the middle of the pairs of neighbours adds to it. */
export function costOfSlices(slices: readonly Slice[]): SliceCost {
  const pairs = slices.flatMap((slice, at) => {
    const next = slices[at + 1]
    if (next === undefined || Math.min(slice.events, next.events) < LEAST_EVENTS) return []
    return slice.isWatched
      ? [{ watched: slice, unwatched: next }]
      : [{ watched: next, unwatched: slice }]
  })
  if (pairs.length === 0) throw new Error('no slice of the drain has enough events: drain more')
  const withoutUs = middle(pairs.map(({ unwatched }) => perEvent(unwatched)))
  const share = middle(
    pairs.map(({ watched, unwatched }) => perEvent(watched) / perEvent(unwatched)),
  )
  return { withUs: withoutUs * share, withoutUs, pairs: pairs.length }
}

function perEvent({ cpuUs, events }: Slice): number {
  return cpuUs / events
}
