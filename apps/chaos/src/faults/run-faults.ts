// Does the faults of a schedule. Those of one target go one after another, whatever the time; different targets do not
// wait for each other.

import type { FaultKind } from '../schedule/fault-table.ts'
import { FAULTS } from '../schedule/fault-table.ts'
import type { PlannedFault } from '../schedule/schedule.ts'
import type { Stage } from '../stage/stage.ts'
import {
  answer429,
  answer502,
  answerHtml,
  applyAndReset,
  hang,
  refuseCredentials,
  reset,
} from './destination-faults.ts'
import { fillDisk, fillDiskEverysec } from './disk-faults.ts'
import { disturbedBy } from './disturbed-by.ts'
import {
  freezeClusterNode,
  freezeMaster,
  killClusterMaster,
  killClusterNode,
  killMaster,
  makeReadOnly,
} from './failover-faults.ts'
import { last } from './fault-action.ts'
import type { FaultAction } from './fault-action.ts'
import { joinFleet, killFleet, stopFleet, upgradeFleet } from './fleet-faults.ts'
import { moveSlot } from './move-slot.ts'
import { cutAllConnections, cutConnections, holdBack, slowDown } from './network-faults.ts'
import { closeHangingProducer, killProducer } from './producer-faults.ts'
import { changePassword, emptyRedis, fillMemory, freezeRedis, killRedis } from './redis-faults.ts'
import { freezeWorker, killWorker, stopHangingWorker } from './worker-faults.ts'
import { blockWorker, fillHeap, jumpClock, takeFiles } from './worker-inner-faults.ts'

const ACTIONS: Record<FaultKind, FaultAction> = {
  worker_killed: killWorker,
  worker_stopped_hanging: stopHangingWorker,
  worker_frozen: freezeWorker,
  worker_blocked: blockWorker,
  worker_heap_full: fillHeap,
  worker_out_of_files: takeFiles,
  worker_clock_jumps: jumpClock,
  fleet_killed: killFleet,
  fleet_stopped: stopFleet,
  fleet_upgraded: upgradeFleet,
  fleet_joined: joinFleet,
  producer_killed: killProducer,
  producer_closed_hanging: closeHangingProducer,
  redis_killed: killRedis,
  redis_away: killRedis,
  redis_frozen: freezeRedis,
  redis_memory_full: fillMemory,
  redis_disk_full: fillDisk,
  redis_disk_full_everysec: fillDiskEverysec,
  redis_password_changed: changePassword,
  redis_read_only: makeReadOnly,
  redis_emptied: emptyRedis,
  sentinel_master_killed: killMaster,
  sentinel_master_frozen: freezeMaster,
  cluster_node_killed: killClusterNode,
  cluster_master_killed: killClusterMaster,
  cluster_node_frozen: freezeClusterNode,
  cluster_slot_moved: moveSlot,
  redis_cuts: cutConnections,
  redis_cut_all: cutAllConnections,
  redis_slow: slowDown,
  redis_held: holdBack,
  destination_502: answer502,
  destination_429: answer429,
  destination_hangs: hang,
  destination_resets: reset,
  destination_unknown: applyAndReset,
  destination_html: answerHtml,
  destination_401: refuseCredentials,
}

/** Resolves when all of them are undone. */
export async function runFaults(stage: Stage): Promise<void> {
  const lanes = new Map<string, PlannedFault[]>()
  for (const fault of stage.schedule.faults) {
    const lane = `${FAULTS[fault.kind].lane}-${fault.target}`
    lanes.set(lane, [...(lanes.get(lane) ?? []), fault])
  }
  await Promise.all([...lanes.values()].map((faults) => runLane(stage, faults)))
}

async function runLane(stage: Stage, faults: readonly PlannedFault[]): Promise<void> {
  for (const fault of faults) {
    await last(stage, Math.max(0, stage.startedAt + fault.atMs - Date.now()))
    const action = async (): Promise<void> => await doFault(stage, fault)
    const disturbed = disturbedBy(stage, fault)
    await (disturbed === null ? action() : stage.runFile.disturb(disturbed, action))
  }
}

/** Counts it, unless it was skipped. */
async function doFault(stage: Stage, fault: PlannedFault): Promise<void> {
  const outcome = await ACTIONS[fault.kind](stage, fault)
  if (outcome === 'skipped') stage.timeline.note('run', `${fault.kind} was skipped`)
  else stage.injected.push(fault.kind)
}
