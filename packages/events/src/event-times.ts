// Which times an event may have. The producer refuses others at the call; the worker looks again at what services without the
// producer have stored. The worker never changes a time: it is fixed when the event is first tried, each retry must say the same,
// and a clock of the worker that is behind would put newer changes of a customer before older ones.

/** 2015-01-01: no shop of today sends older events. Milliseconds since 1970. */
export const EARLIEST_MS = 1_420_070_400_000

/** Clocks of two servers differ: so much ahead of the producer's clock counts as now, more is a fault. */
export const AHEAD_MS = 5 * 60_000

/**
 * How far the worker's clock may be behind that of a producer, which has let the event in: up to this beyond `AHEAD_MS` it is
 * delivered and told, from there on it is dead. An hour: no event that was fine at the call may die of a clock that is a
 * little behind, and what is wrong in fact (microseconds, a date of next month) is further ahead.
 */
export const CLOCK_MARGIN_MS = 60 * 60_000

/** What the worker makes of a time. */
export type TimeJudgement =
  | { readonly kind: 'possible' }
  /** A clock is wrong: this worker's, or that of whoever stored the event. */
  | { readonly kind: 'ahead'; readonly fault: string }
  | { readonly kind: 'impossible'; readonly fault: string }

const POSSIBLE: TimeJudgement = { kind: 'possible' }

/** Judges a stored time by the worker's clock. Both in milliseconds since 1970. */
export function judgeTime(occurredAt: number, nowMs: number): TimeJudgement {
  if (occurredAt < EARLIEST_MS) return { kind: 'impossible', fault: 'occurredAt is before 2015' }
  const aheadMs = occurredAt - nowMs
  if (aheadMs <= AHEAD_MS) return POSSIBLE
  const fault = `occurredAt is ${Math.floor(aheadMs / 60_000)} minutes ahead of the worker's clock`
  return { kind: aheadMs > AHEAD_MS + CLOCK_MARGIN_MS ? 'impossible' : 'ahead', fault }
}
