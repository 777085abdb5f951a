// A finding about a field, and what all kinds of findings share: how many events say anything, and how long a change is
// news.

import type { Comparison } from './comparison.ts'

/** Kinds of findings, the gravest first. */
export const DRIFT_KINDS = ['vanished', 'type', 'unknown', 'empty'] as const
/** One of them. */
export type DriftKind = (typeof DRIFT_KINDS)[number]

/** One change. */
export interface DriftFinding {
  readonly kind: DriftKind
  /** Name of the event; `identify` for attributes. */
  readonly event: string
  readonly producer: string
  readonly field: string
  /** Segments and journeys branch on the field. */
  readonly critical: boolean
  /** When it began, in milliseconds since 1970. */
  readonly since: number
  /** What it was and what it is. */
  readonly message: string
}

/** Fewest events that say anything. */
export const LEAST_EVENTS = 10
/** Fewest values of an unknown field or another type: one may be somebody's test. */
export const LEAST_VALUES = 3
/** What is older has been seen, and is no news. */
export const DRIFT_NEWS_MS: number = 7 * 24 * 60 * 60 * 1000

/** What a kind of finding knows of it. */
export type FoundField = Pick<DriftFinding, 'kind' | 'field' | 'since' | 'message'>

/** The finding in the events of a comparison. */
export function findingOf({ now, planned }: Comparison, found: FoundField): DriftFinding {
  const { field } = found
  const critical = [...(planned?.critical ?? [])].some((each) => isWithin(each, field))
  return { ...found, event: now.name, producer: now.producer, critical }
}

/** A critical field is touched when its object is. */
function isWithin(field: string, path: string): boolean {
  return field === path || field.startsWith(`${path}.`) || field.startsWith(`${path}[`)
}

/** A share in words. */
export function percent(share: number): string {
  const hundredths = Math.round(share * 100)
  return share > 0 && hundredths === 0 ? 'under 1 %' : `${hundredths} %`
}
