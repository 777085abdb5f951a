// What has changed in the events of a namespace: fields that vanished, types that changed, unknown fields, values that are
// empty more often than before. Profiles enter, findings leave, those of critical fields first. A profile is compared
// with its own past, with other versions of the same service, and with the tracking plan.
//
// May go wrong: a finding of mere chance. So nothing is found on a few events; each kind says what it takes.

import type { TrackingPlan } from '../tracking-plan.ts'
import { comparisonsOf } from './comparison.ts'
import { DRIFT_KINDS, DRIFT_NEWS_MS } from './drift-finding.ts'
import type { DriftFinding } from './drift-finding.ts'
import { emptiedFields } from './emptied-fields.ts'
import { retypedFields } from './retyped-fields.ts'
import type { SeenProfile } from './seen-profile.ts'
import { unknownFields } from './unknown-fields.ts'
import { vanishedFields } from './vanished-fields.ts'

/** What has changed in the last seven days. */
export function findDrift(
  profiles: readonly SeenProfile[],
  plan: TrackingPlan,
  nowMs: number,
): readonly DriftFinding[] {
  const live = profiles.filter(({ lastAt }) => nowMs - lastAt < DRIFT_NEWS_MS)
  const findings = comparisonsOf(live, plan).flatMap((comparison) => [
    ...vanishedFields(comparison, nowMs),
    ...retypedFields(comparison, nowMs),
    ...unknownFields(comparison, nowMs),
    ...emptiedFields(comparison),
  ])
  return findings.toSorted(byGravity)
}

function byGravity(one: DriftFinding, other: DriftFinding): number {
  return (
    Number(other.critical) - Number(one.critical) ||
    DRIFT_KINDS.indexOf(one.kind) - DRIFT_KINDS.indexOf(other.kind) ||
    other.since - one.since ||
    one.field.localeCompare(other.field)
  )
}
