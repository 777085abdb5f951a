// What each profile is compared with: the older versions of its service that send the same event, taken together, and
// the tracking plan. With its own past a profile is compared by the moments that it keeps.

import type { TrackingPlan } from '../tracking-plan.ts'
import type { PlannedEvent } from './planned-event.ts'
import { plannedEvent } from './planned-event.ts'
import type { JsonType } from './event-profile.ts'
import { JSON_TYPES } from './event-profile.ts'
import { serviceOf } from './seen-profile.ts'
import type { SeenAt, SeenField, SeenProfile } from './seen-profile.ts'

/** A profile and what it is held against. */
export interface Comparison {
  readonly now: SeenProfile
  /** Versions of the service that were there before; undefined where there are none. */
  readonly before: SeenProfile | undefined
  /** Undefined where the plan does not know the event. */
  readonly planned: PlannedEvent | undefined
}

/** One for each profile. */
export function comparisonsOf(
  profiles: readonly SeenProfile[],
  plan: TrackingPlan,
): readonly Comparison[] {
  const planned = new Map<string, PlannedEvent | undefined>()
  for (const { name } of profiles) {
    if (!planned.has(name)) planned.set(name, plannedEvent(plan, name))
  }
  // What of a service and event was there before; each version is added to it after its own comparison.
  const older = new Map<string, SeenProfile>()
  const byAge = profiles.toSorted((one, other) => one.firstAt - other.firstAt)
  return byAge.map((now) => {
    const key = `${serviceOf(now.producer)} ${now.name}`
    const before = older.get(key)
    older.set(key, before === undefined ? now : together(before, now))
    return { now, before, planned: planned.get(now.name) }
  })
}

/** Two profiles as one. */
function together(one: SeenProfile, other: SeenProfile): SeenProfile {
  const paths = new Set([...one.fields.keys(), ...other.fields.keys()])
  const fields = [...paths].map((path): [string, SeenField] => {
    const [left, right] = [one.fields.get(path), other.fields.get(path)]
    if (left === undefined || right === undefined) return [path, (left ?? right)!]
    return [path, fieldTogether(left, right)]
  })
  return {
    name: one.name,
    producer: one.producer,
    events: one.events + other.events,
    seen: one.seen + other.seen,
    firstAt: Math.min(one.firstAt, other.firstAt),
    lastAt: Math.max(one.lastAt, other.lastAt),
    recentAt: Math.min(one.recentAt, other.recentAt),
    over: one.over + other.over,
    fields: new Map(fields),
  }
}

function fieldTogether(one: SeenField, other: SeenField): SeenField {
  const types: Partial<Record<JsonType, { count: number; first: SeenAt }>> = {}
  for (const type of JSON_TYPES) {
    const [left, right] = [one.types[type], other.types[type]]
    if (left === undefined && right === undefined) continue
    const first = (left ?? right)!.first
    types[type] = { count: (left?.count ?? 0) + (right?.count ?? 0), first }
  }
  return {
    path: one.path,
    types,
    empty: one.empty + other.empty,
    last: one.last.at > other.last.at ? one.last : other.last,
    recent: {
      values: one.recent.values + other.recent.values,
      empty: one.recent.empty + other.recent.empty,
    },
  }
}
