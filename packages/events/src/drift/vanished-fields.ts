// Fields that were there, or that the plan requires, and are in none of the newest events. Of a field of which a share p
// had been there, so many events without it must have come that they are chance once in a million. What stands in an object
// or a list is missed only where at least ten of the newest ones have something in them: an empty cart has lost no items.

import type { Comparison } from './comparison.ts'
import { DRIFT_NEWS_MS, findingOf, LEAST_EVENTS, percent } from './drift-finding.ts'
import type { DriftFinding } from './drift-finding.ts'
import { parentPath } from './event-profile.ts'
import { plannedField } from './planned-event.ts'
import { placesOf, recentEvents, recentPlaces, shareOf, valuesOf } from './seen-profile.ts'

/** Chance of a run of events without a field that is taken for a finding. */
const CHANCE = 1e-6

/** One for each; of a whole object that is gone only the object. */
export function vanishedFields(comparison: Comparison, nowMs: number): DriftFinding[] {
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
    return findingOf(comparison, {
      kind: 'vanished',
      field: path,
      since: last?.at ?? now.firstAt,
      message,
    })
  })
}

function hasVanished(path: string, comparison: Comparison, nowMs: number): boolean {
  const { now, planned } = comparison
  if (plannedField(planned, path)?.isAnyKey === true) return false
  const last = now.fields.get(path)?.last ?? { at: now.firstAt, after: 0 }
  const usual = usualShare(path, comparison)
  if (nowMs - last.at >= DRIFT_NEWS_MS && !isRequired(path, comparison)) return false
  const missing = (now.seen - last.after) * shareWithPlace(path, comparison)
  return missing >= LEAST_EVENTS && (1 - Math.min(usual, 0.99)) ** missing <= CHANCE
}

/** A field of an object that not every event has is missed in those only that have it, with something in it. */
function shareWithPlace(path: string, { now }: Comparison): number {
  if (parentPath(path) === '') return 1
  const recent = recentPlaces(now, path)
  if (recent < LEAST_EVENTS || now.events === 0) return 0
  return Math.min(1, placesOf(now, path) / now.events, recent / recentEvents(now))
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
  return plannedField(planned, path)?.required === true
}
