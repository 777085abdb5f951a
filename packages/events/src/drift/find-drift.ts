// What has changed in the events of a namespace: fields that vanished, types that changed, unknown fields, values that are
// empty more often than before. Profiles enter, findings leave, those of critical fields first. A profile is compared
// with its own past, with other versions of the same service, and with the tracking plan.
//
// May go wrong: a finding of mere chance. So nothing is found on fewer than ten events, and a field of which a share p
// had been there has vanished only when so many events without it would come by chance once in a million.

import type { TrackingPlan } from '../tracking-plan.ts'
import type { Comparison } from './comparison.ts'
import { comparisonsOf } from './comparison.ts'
import type { JsonType } from './event-profile.ts'
import { JSON_TYPES, parentPath } from './event-profile.ts'
import { firstOf, placesOf, shareOf, valuesOf } from './seen-profile.ts'
import type { SeenAt, SeenField, SeenProfile } from './seen-profile.ts'

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
const LEAST_EVENTS = 10
/** Fewest values of an unknown field or another type: one may be somebody's test. */
const LEAST_VALUES = 3
/** Chance of a run of events without a field that is taken for a finding. */
const CHANCE = 1e-6
/** How much more often values must be empty. */
const EMPTY_JUMP = 0.2
/** What is older has been seen, and is no news. */
export const DRIFT_NEWS_MS: number = 7 * 24 * 60 * 60 * 1000

/** What has changed in the last seven days. */
export function findDrift(
  profiles: readonly SeenProfile[],
  plan: TrackingPlan,
  nowMs: number,
): readonly DriftFinding[] {
  const live = profiles.filter(({ lastAt }) => nowMs - lastAt < DRIFT_NEWS_MS)
  const findings = comparisonsOf(live, plan).flatMap((comparison) => [
    ...vanished(comparison, nowMs),
    ...retyped(comparison, nowMs),
    ...unknown(comparison, nowMs),
    ...emptied(comparison),
  ])
  return findings.toSorted(byGravity)
}

function vanished(comparison: Comparison, nowMs: number): DriftFinding[] {
  const { now, before, planned } = comparison
  const required = [...(planned?.fields ?? [])].filter(([, field]) => field.required)
  const paths = new Set([
    ...now.fields.keys(),
    ...(before?.fields.keys() ?? []),
    ...required.map(([path]) => path),
  ])
  const gone = [...paths].filter((path) => hasVanished(path, comparison, nowMs))
  // Of a whole object that is gone its name says enough.
  const outermost = gone.filter((path) => !gone.includes(parentPath(path)))
  return outermost.map((path) => {
    const last = now.fields.get(path)?.last
    const missing = now.seen - (last?.after ?? 0)
    const share = percent(Math.max(usualShare(path, comparison), 0))
    const was = isRequired(path, comparison) ? 'the plan requires it' : `it was in ${share}`
    const message = `${was}; it is in none of the last ${missing}`
    return finding(comparison, { kind: 'vanished', path, since: last?.at ?? now.firstAt, message })
  })
}

function hasVanished(path: string, comparison: Comparison, nowMs: number): boolean {
  const { now } = comparison
  const last = now.fields.get(path)?.last ?? { at: now.firstAt, after: 0 }
  const usual = usualShare(path, comparison)
  if (nowMs - last.at >= DRIFT_NEWS_MS && !isRequired(path, comparison)) return false
  // A field of an object that not every event has is missed in those only that have it.
  const withPlace = Math.min(1, now.events === 0 ? 0 : placesOf(now, path) / now.events)
  const missing = (now.seen - last.after) * withPlace
  return missing >= LEAST_EVENTS && (1 - Math.min(usual, 0.99)) ** missing <= CHANCE
}

/** In which share of its places the field is expected. */
function usualShare(path: string, comparison: Comparison): number {
  const { now, before } = comparison
  if (isRequired(path, comparison)) return 1
  const field = now.fields.get(path)
  const profile = field === undefined ? before : now
  const known = profile?.fields.get(path)
  if (profile === undefined || known === undefined) return 0
  return valuesOf(known) < LEAST_EVENTS ? 0 : shareOf(profile, path)
}

function isRequired(path: string, { planned }: Comparison): boolean {
  return planned?.fields.get(path)?.required === true
}

function retyped(comparison: Comparison, nowMs: number): DriftFinding[] {
  return [...comparison.now.fields.values()].flatMap((field) => {
    const { path, types } = field
    const others = expectedTypes(field, comparison)
    const strange = JSON_TYPES.filter((type) => {
      const seen = types[type]
      if (type === 'null' || seen === undefined || seen.count < LEAST_VALUES) return false
      return others.length > 0 && !others.includes(type) && nowMs - seen.first.at < DRIFT_NEWS_MS
    })
    if (strange.length === 0) return []
    const since = Math.min(...strange.map((type) => types[type]!.first.at))
    const share = strange.reduce((sum, type) => sum + types[type]!.count, 0) / valuesOf(field)
    const message = `it was ${others.join(' or ')}; ${percent(share)} of its values are ${strange.join(' or ')}`
    return [finding(comparison, { kind: 'type', path, since, message })]
  })
}

/** What the plan says; else what older versions had; else what the profile had at first. Empty where nothing tells. */
function expectedTypes(field: SeenField, { now, before, planned }: Comparison): JsonType[] {
  const inPlan = planned?.fields.get(field.path)?.types
  if (inPlan !== undefined && inPlan.size > 0) return [...inPlan]
  const older = before?.fields.get(field.path)
  if (older !== undefined && valuesOf(older) >= LEAST_EVENTS) {
    return JSON_TYPES.filter((type) => type !== 'null' && older.types[type] !== undefined)
  }
  const at = firstOf(field).after + LEAST_EVENTS
  if (now.seen < at) return []
  return JSON_TYPES.filter((type) => {
    const first = field.types[type]?.first
    return type !== 'null' && first !== undefined && first.after < at
  })
}

function unknown(comparison: Comparison, nowMs: number): DriftFinding[] {
  const fields = [...comparison.now.fields.values()]
  const isNew = fields.filter((field) => isUnknown(field, comparison, nowMs))
  const paths = new Set(isNew.map(({ path }) => path))
  const outermost = isNew.filter(({ path }) => !paths.has(parentPath(path)))
  return outermost.map((field) => {
    const { path } = field
    const message = `it was in none; it is in ${percent(shareOf(comparison.now, path))}`
    return finding(comparison, { kind: 'unknown', path, since: firstOf(field).at, message })
  })
}

function isUnknown(field: SeenField, comparison: Comparison, nowMs: number): boolean {
  const { before, planned } = comparison
  const first: SeenAt = firstOf(field)
  if (planned?.fields.has(field.path) === true || valuesOf(field) < LEAST_VALUES) return false
  if (nowMs - first.at >= DRIFT_NEWS_MS) return false
  const isNewHere = first.after >= LEAST_EVENTS
  if (before === undefined || before.seen < LEAST_EVENTS) return isNewHere
  return !before.fields.has(field.path)
}

function emptied(comparison: Comparison): DriftFinding[] {
  const { now } = comparison
  return [...now.fields.values()].flatMap((field) => {
    const { values, empty } = field.recent
    const usual = usualEmpty(field, comparison)
    if (values < LEAST_EVENTS || usual === undefined) return []
    const share = empty / values
    if (share - usual < EMPTY_JUMP || share < 2 * usual) return []
    const message = `${percent(usual)} of its values were empty; ${percent(share)} of the last ${values} are`
    return [finding(comparison, { kind: 'empty', path: field.path, since: now.recentAt, message })]
  })
}

/** Share of empty values before the newest ones; of older versions where this one is too young. */
function usualEmpty(field: SeenField, { before }: Comparison): number | undefined {
  const own = valuesOf(field) - field.recent.values
  if (own >= LEAST_EVENTS) return Math.max(0, field.empty - field.recent.empty) / own
  const older = before?.fields.get(field.path)
  if (older === undefined || valuesOf(older) < LEAST_EVENTS) return undefined
  return older.empty / valuesOf(older)
}

function finding(
  { now, planned }: Comparison,
  found: { readonly kind: DriftKind; readonly path: string; since: number; message: string },
): DriftFinding {
  const { kind, path, since, message } = found
  const critical = [...(planned?.critical ?? [])].some((each) => isWithin(each, path))
  return { kind, event: now.name, producer: now.producer, field: path, critical, since, message }
}

/** A critical field is touched when its object is. */
function isWithin(field: string, path: string): boolean {
  return field === path || field.startsWith(`${path}.`) || field.startsWith(`${path}[`)
}

function percent(share: number): string {
  const hundredths = Math.round(share * 100)
  return share > 0 && hundredths === 0 ? 'under 1 %' : `${hundredths} %`
}

function byGravity(one: DriftFinding, other: DriftFinding): number {
  return (
    Number(other.critical) - Number(one.critical) ||
    DRIFT_KINDS.indexOf(one.kind) - DRIFT_KINDS.indexOf(other.kind) ||
    other.since - one.since ||
    one.field.localeCompare(other.field)
  )
}
