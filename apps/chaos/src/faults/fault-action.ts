// What a fault is to the run: something that is done to the stage and undone. It resolves when it is undone.

import { setTimeout as delay } from 'node:timers/promises'

import type { PlannedFault } from '../schedule/schedule.ts'
import type { Stage } from '../stage/stage.ts'

/** Does a fault and undoes it. `skipped`: there was nothing to hit, or it did not come about. */
export type FaultAction = (stage: Stage, fault: PlannedFault) => Promise<void | 'skipped'>

/** The time that a fault lasts: the schedule's own, and no wait for anything. Rejects once the stage is closed. */
export async function last({ closing }: Pick<Stage, 'closing'>, ms: number): Promise<void> {
  await delay(ms, undefined, { signal: closing })
}
