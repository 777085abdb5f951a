// Fields whose values are of another type than they should be: than the plan says; where it says nothing than older
// versions of the service had; else than the field's first events had. Null is no type, but an empty value.

import type { Comparison } from './comparison.ts'
import { DRIFT_NEWS_MS, findingOf, LEAST_EVENTS, LEAST_VALUES, percent } from './drift-finding.ts'
import type { DriftFinding } from './drift-finding.ts'
import type { JsonType } from './event-profile.ts'
import { JSON_TYPES } from './event-profile.ts'
import { plannedField } from './planned-event.ts'
import { firstOf, valuesOf } from './seen-profile.ts'
import type { SeenField } from './seen-profile.ts'

/** One for each field. */
export function retypedFields(comparison: Comparison, nowMs: number): DriftFinding[] {
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
    return [findingOf(comparison, { kind: 'type', field: path, since, message })]
  })
}

/** What the plan says; else what older versions had; else what the profile had at first. Empty where nothing tells. */
function expectedTypes(field: SeenField, { now, before, planned }: Comparison): JsonType[] {
  const inPlan = plannedField(planned, field.path)?.types
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
