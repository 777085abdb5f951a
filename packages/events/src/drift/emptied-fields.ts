// Fields whose values are null, '', [] or {} more often in the newest events than before, or than in older versions of
// the service.

import type { Comparison } from './comparison.ts'
import { findingOf, LEAST_EVENTS, percent } from './drift-finding.ts'
import type { DriftFinding } from './drift-finding.ts'
import { valuesOf } from './seen-profile.ts'
import type { SeenField } from './seen-profile.ts'

/** How much more often values must be empty. */
const EMPTY_JUMP = 0.2

/** One for each field. */
export function emptiedFields(comparison: Comparison): DriftFinding[] {
  const { now } = comparison
  return [...now.fields.values()].flatMap((field) => {
    const { values, empty } = field.recent
    const usual = usualEmpty(field, comparison)
    if (values < LEAST_EVENTS || usual === undefined) return []
    const share = empty / values
    if (share - usual < EMPTY_JUMP || share < 2 * usual) return []
    const message = `${percent(usual)} of its values were empty; ${percent(share)} of the last ${values} are`
    return [
      findingOf(comparison, { kind: 'empty', field: field.path, since: now.recentAt, message }),
    ]
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
