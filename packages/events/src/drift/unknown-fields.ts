// Fields that the plan does not know and that earlier events did not have. A profile's first events make no field unknown:
// there must have been some without it, of the profile or of older versions of the service.

import type { Comparison } from './comparison.ts'
import { DRIFT_NEWS_MS, findingOf, LEAST_EVENTS, LEAST_VALUES, percent } from './drift-finding.ts'
import type { DriftFinding } from './drift-finding.ts'
import { parentPath } from './event-profile.ts'
import { plannedField } from './planned-event.ts'
import { firstOf, shareOf, valuesOf } from './seen-profile.ts'
import type { SeenField } from './seen-profile.ts'

/** One for each; of a whole object that is new only the object. */
export function unknownFields(comparison: Comparison, nowMs: number): DriftFinding[] {
  const fields = [...comparison.now.fields.values()]
  const isNew = fields.filter((field) => isUnknown(field, comparison, nowMs))
  const paths = new Set(isNew.map(({ path }) => path))
  const outermost = isNew.filter(({ path }) => !paths.has(parentPath(path)))
  return outermost.map((field) => {
    const { path } = field
    const message = `it was in none; it is in ${percent(shareOf(comparison.now, path))}`
    return findingOf(comparison, {
      kind: 'unknown',
      field: path,
      since: firstOf(field).at,
      message,
    })
  })
}

function isUnknown(field: SeenField, comparison: Comparison, nowMs: number): boolean {
  const { before, planned } = comparison
  const first = firstOf(field)
  if (plannedField(planned, field.path) !== undefined || valuesOf(field) < LEAST_VALUES)
    return false
  if (nowMs - first.at >= DRIFT_NEWS_MS) return false
  const isNewHere = first.after >= LEAST_EVENTS
  if (before === undefined || before.seen < LEAST_EVENTS) return isNewHere
  return !before.fields.has(field.path)
}
