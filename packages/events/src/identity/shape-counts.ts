// How many events came with which shape of customer id, until somebody takes it away; and which shapes of a namespace
// mean that one surface sends another kind of id than the others.

import { idShape, MOST_SHAPES, OTHER_SHAPE } from './id-shape.ts'

/** Counts of shapes as events come. */
export class ShapeCounts {
  #counts = new Map<string, { events: number }>()

  /** Counts the id of an event. */
  see(customerId: string): void {
    this.add(idShape(customerId), 1)
  }

  /** Adds a count. */
  add(shape: string, events: number): void {
    const count = this.#counts.get(shape) ?? this.#open(shape)
    count.events += events
  }

  /** What was counted since the last call. */
  take(): ReadonlyMap<string, number> {
    const counts = this.#counts
    this.#counts = new Map()
    return new Map([...counts].map(([shape, { events }]) => [shape, events]))
  }

  #open(shape: string): { events: number } {
    const kept = this.#counts.size < MOST_SHAPES ? shape : OTHER_SHAPE
    const count = this.#counts.get(kept) ?? { events: 0 }
    this.#counts.set(kept, count)
    return count
  }
}

/** A shape of customer ids as the namespace has seen it. */
export interface SeenShape {
  readonly shape: string
  /** Events that came with it. */
  readonly events: number
  /** Milliseconds since 1970. */
  readonly firstAt: number
  /** Milliseconds since 1970. */
  readonly lastAt: number
}

const DAY_MS = 24 * 60 * 60 * 1000

/** A shape that was not seen for this long is of no interest. */
export const SHAPE_LIVE_MS: number = 7 * DAY_MS

/** A shop that lives with a second shape for this long means it so. */
export const SHAPE_SETTLED_MS: number = 14 * DAY_MS

/** Fewer events may be somebody's test. */
export const SHAPE_EVENTS = 3

/** The shapes that came after the namespace's own one and are new; empty when all is well. */
export function secondShapes(shapes: readonly SeenShape[], nowMs: number): readonly SeenShape[] {
  const live = shapes.filter(({ lastAt, events }) => {
    return nowMs - lastAt < SHAPE_LIVE_MS && events >= SHAPE_EVENTS
  })
  const [, ...others] = live.toSorted(
    (one, other) => one.firstAt - other.firstAt || other.events - one.events,
  )
  return others.filter(({ firstAt }) => nowMs - firstAt < SHAPE_SETTLED_MS)
}
