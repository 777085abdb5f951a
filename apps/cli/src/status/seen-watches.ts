// The watches in a status: what they say, or why that cannot be told. A tracking plan that cannot be loaded here must not
// keep anybody from the rest of the status: whoever looks for a fault may be on another machine than the plan.

import { loadTrackingPlan, RelayError, TRACKING_PLAN_VARIABLE } from '@retention-relay/events'
import type { TrackingPlan } from '@retention-relay/events'
import { readWatches } from '@retention-relay/ops'
import type { OpsConnection, Watches } from '@retention-relay/ops'

import { formatCountOf, printable } from '../output/format.ts'
import type { Style } from '../output/style.ts'
import type { Surroundings } from '../surroundings.ts'
import { unknownNamespace } from '../with-relay.ts'

/** What the watches say; `unknown` where there is no plan to compare with. */
export type SeenWatches =
  | ({ readonly kind: 'read' } & Watches)
  | { readonly kind: 'unknown'; readonly why: string }

/** What to do where the command compares with another plan than the workers have. */
export const OTHER_PLAN: string = `the workers have another tracking plan; set ${TRACKING_PLAN_VARIABLE} to theirs, what is told of fields may be wrong`

/** Reads them, as `relay plan drift` does. */
export async function seeWatches(
  connection: OpsConnection,
  namespace: string,
  env: Surroundings['env'],
): Promise<SeenWatches> {
  const plan = await planOrFault(env)
  if (plan instanceof RelayError) return { kind: 'unknown', why: plan.message }
  const watches = await readWatches(connection, namespace, plan)
  if (watches === null) throw unknownNamespace(namespace)
  return { kind: 'read', ...watches }
}

/** Lines for a person. */
export function watchLines(watches: SeenWatches, style: Style): string[] {
  if (watches.kind === 'unknown') {
    return [`drift      ${style.yellow('cannot be told')}: ${printable(watches.why)}`]
  }
  return [
    ...(watches.isOtherPlan ? [`plan       ${style.yellow('another one')}: ${OTHER_PLAN}`] : []),
    ...driftLines(watches, style),
    ...shapeLines(watches, style),
  ]
}

async function planOrFault(env: Surroundings['env']): Promise<TrackingPlan | RelayError> {
  try {
    return await loadTrackingPlan(env[TRACKING_PLAN_VARIABLE] || undefined)
  } catch (error) {
    if (error instanceof RelayError) return error
    throw error
  }
}

function driftLines({ findings, critical, gravest }: Watches, style: Style): string[] {
  if (findings === 0) return [`drift      ${style.green('none')}  (of the last 7 days)`]
  const paint = critical > 0 ? style.red : style.yellow
  const count = `${formatCountOf(findings, 'finding')}, ${critical} critical`
  return [
    `drift      ${paint(count)}: relay plan drift shows all`,
    ...gravest.map((finding) => {
      const { kind, event, field, producer } = finding
      const what = finding.critical ? `${kind} (critical)` : kind
      return `           ${printable(`${what}: ${field} of ${event}, from ${producer}`)}`
    }),
  ]
}

function shapeLines({ secondShapes }: Watches, style: Style): string[] {
  if (secondShapes.length === 0) return []
  const shapes = printable(secondShapes.join(', '))
  return [
    `ids        ${style.red(`second shape ${shapes}`)}: some surface sends another id for the same people; relay plan drift shows all`,
  ]
}
