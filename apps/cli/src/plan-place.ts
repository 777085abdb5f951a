// Which tracking plan a command means: the flag, then the environment, then the shipped one.

import { loadTrackingPlan, TRACKING_PLAN_VARIABLE } from '@retention-relay/events'
import type { TrackingPlan } from '@retention-relay/events'

import type { Surroundings } from './surroundings.ts'
import type { Arguments } from './verb.ts'
import { valueOf } from './verb.ts'

/** @throws RelayError `RELAY_CONFIG_INVALID` when the plan cannot be loaded. */
export async function findPlan(args: Arguments, env: Surroundings['env']): Promise<TrackingPlan> {
  const path = valueOf(args, 'plan')
  if (path !== undefined) return loadTrackingPlan(path, '--plan')
  return loadTrackingPlan(env[TRACKING_PLAN_VARIABLE] || undefined)
}
