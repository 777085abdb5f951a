// What each fault excuses: that a request is made once more (all that disturb), and that the mock may hold it for open
// after its sender is gone (those that stop it). The fewer, the more the checker sees: a slow Redis, a full one, a clock
// that jumps and a worker that joins or leaves in peace are no excuse for anything.

import type { FaultKind } from '../schedule/fault-table.ts'
import { FAULTS } from '../schedule/fault-table.ts'
import type { PlannedFault } from '../schedule/schedule.ts'
import type { Disturbed } from '../stage/run-file.ts'
import type { Stage } from '../stage/stage.ts'
import { slotOf } from './worker-faults.ts'

/** Null: it disturbs nothing that was under way. */
const HOW: Record<FaultKind, Disturbed['kind'] | null> = {
  worker_killed: 'stopped',
  worker_stopped_hanging: 'stopped',
  worker_frozen: 'stopped',
  worker_blocked: 'stopped',
  worker_heap_full: 'stopped',
  worker_out_of_files: 'cut_off',
  worker_clock_jumps: null,
  fleet_killed: 'stopped',
  fleet_stopped: 'stopped',
  fleet_upgraded: 'stopped',
  fleet_joined: null,
  producer_killed: null,
  producer_closed_hanging: null,
  redis_killed: 'cut_off',
  redis_away: 'cut_off',
  redis_frozen: 'cut_off',
  redis_memory_full: null,
  redis_disk_full: 'cut_off',
  redis_disk_full_everysec: 'cut_off',
  redis_password_changed: 'cut_off',
  redis_read_only: 'cut_off',
  redis_emptied: 'cut_off',
  sentinel_master_killed: 'cut_off',
  sentinel_master_frozen: 'cut_off',
  cluster_node_killed: 'cut_off',
  cluster_master_killed: 'cut_off',
  cluster_node_frozen: 'cut_off',
  cluster_slot_moved: 'cut_off',
  redis_cuts: 'cut_off',
  redis_cut_all: 'cut_off',
  redis_slow: null,
  redis_held: 'cut_off',
  destination_502: null,
  destination_429: null,
  destination_hangs: null,
  destination_resets: null,
  destination_unknown: null,
  destination_html: null,
  destination_401: null,
}

/** Whom it disturbs, and how. */
export function disturbedBy(stage: Stage, { kind, target }: PlannedFault): Disturbed | null {
  const how = HOW[kind]
  if (how === null) return null
  if (FAULTS[kind].lane !== 'worker') return { kind: how, host: null }
  const { name, host } = slotOf(stage, target)
  // Where all share the proxies to Redis, its connections are cut together with those of the others.
  const isShared = how === 'cut_off' && stage.redis.proxyOf(name) === undefined
  return { kind: how, host: isShared ? null : host }
}
