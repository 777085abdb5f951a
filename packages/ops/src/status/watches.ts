// What the watches of a namespace say, in short, for its status: how many findings of drift there are, the gravest ones, and
// second shapes of customer ids. Read and compared as for `relay plan drift`, whose report this is the head of.

import type { DriftFinding, TrackingPlan } from '@retention-relay/events'

import type { OpsConnection } from '../connection.ts'
import { readDrift } from '../drift.ts'

/** Findings that are told. */
const MOST_TOLD = 3

/** The head of a drift report. */
export interface Watches {
  /** The workers have another tracking plan than the one that was compared with. */
  readonly isOtherPlan: boolean
  /** Findings of drift. */
  readonly findings: number
  /** Of these, those about critical fields. */
  readonly critical: number
  /** The gravest ones, at most three: critical ones first. */
  readonly gravest: readonly DriftFinding[]
  /** Shapes of customer ids that came after the namespace's own one. */
  readonly secondShapes: readonly string[]
}

/** Reads it; null when no process has opened the namespace yet. It costs what `readDrift` does. */
export async function readWatches(
  connection: OpsConnection,
  namespace: string,
  plan: TrackingPlan,
): Promise<Watches | null> {
  const report = await readDrift(connection, namespace, { plan })
  if (report === null) return null
  const { isOtherPlan, findings, shapes } = report
  return {
    isOtherPlan,
    findings: findings.length,
    critical: findings.filter(({ critical }) => critical).length,
    gravest: findings.slice(0, MOST_TOLD),
    secondShapes: shapes.filter(({ isSecond }) => isSecond).map(({ shape }) => shape),
  }
}
