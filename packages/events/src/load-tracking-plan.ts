// Loads a shop's tracking plan by the path of its module, so that services, worker and command check against the same
// file. The module's default export, or its export `trackingPlan`, is what `defineTrackingPlan` returned. A plan that
// cannot be loaded, or only looks like one, ends the start: events would be judged by the wrong rules.

import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

import { retentionPlan } from './definitions/retention-plan.ts'
import { RelayError } from './errors.ts'
import type { RelayErrorOptions } from './errors.ts'
import { planFaults } from './plan-faults.ts'
import type { TrackingPlan } from './tracking-plan.ts'

/** The variable that names the module. */
export const TRACKING_PLAN_VARIABLE = 'RELAY_TRACKING_PLAN'

/**
 * The plan of a module, or the shipped one when no path is given. A relative path counts from the working directory.
 * A module in TypeScript needs Node 22.18 or newer. `namedBy` says in errors where the path comes from.
 *
 * @throws RelayError `RELAY_CONFIG_INVALID` with the path and the reason.
 */
export async function loadTrackingPlan(
  path: string | undefined,
  namedBy: string = TRACKING_PLAN_VARIABLE,
): Promise<TrackingPlan> {
  if (path === undefined) return retentionPlan
  const module = await importModule(path, namedBy)
  const plan = module['default'] ?? module['trackingPlan']
  const faults = plan === undefined ? [] : planFaults(plan)
  if (plan !== undefined && faults.length === 0) return plan as TrackingPlan
  const remedy = 'Export what defineTrackingPlan returns, as default or as trackingPlan.'
  const message = [`${path} has no tracking plan.`, ...faults, remedy].join(' ')
  throw unusable(namedBy, message, { details: { faults } })
}

async function importModule(
  path: string,
  namedBy: string,
): Promise<Readonly<Record<string, unknown>>> {
  try {
    return (await import(pathToFileURL(resolve(path)).href)) as Record<string, unknown>
  } catch (cause) {
    // A fault of the plan itself says all there is to say.
    if (cause instanceof RelayError) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw unusable(namedBy, `${path} cannot be loaded: ${reason}`, { cause })
  }
}

function unusable(namedBy: string, what: string, options: RelayErrorOptions): RelayError {
  return new RelayError('RELAY_CONFIG_INVALID', `${namedBy}: ${what}`, options)
}
