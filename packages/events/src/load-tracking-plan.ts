// Loads a shop's tracking plan by the path of its module, so that services, worker and command check against the same
// file. The module's default export, or its export `trackingPlan`, is what `defineTrackingPlan` returned. A plan that
// cannot be loaded ends the start: with the shipped one in its place events would be judged by the wrong rules.

import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

import { retentionPlan } from './definitions/retention-plan.ts'
import { RelayError } from './errors.ts'
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
  if (isPlan(plan)) return plan
  const remedy = 'Export what defineTrackingPlan returns, as default or as trackingPlan.'
  throw unusable(namedBy, `${path} has no tracking plan. ${remedy}`)
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
    throw unusable(namedBy, `${path} cannot be loaded: ${reason}`, cause)
  }
}

/** A plan of another copy of the package counts: the shop's module brings its own. */
function isPlan(value: unknown): value is TrackingPlan {
  if (typeof value !== 'object' || value === null) return false
  const { events, attributes, unknownEvents } = value as Partial<Record<string, unknown>>
  return isObject(events) && isObject(attributes) && typeof unknownEvents === 'string'
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}

function unusable(namedBy: string, what: string, cause?: unknown): RelayError {
  const message = `${namedBy}: ${what}`
  return new RelayError('RELAY_CONFIG_INVALID', message, cause === undefined ? {} : { cause })
}
