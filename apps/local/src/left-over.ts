import { setTimeout as delay } from 'node:timers/promises'

import type { Printer } from './printer.ts'
import type { Stage } from './stage.ts'

/** Between two looks, in milliseconds. */
const LOOK_MS = 50

/** Events of an earlier run that was interrupted are delivered first, so that they do not count. */
export async function deliverLeftOver(
  stage: Stage,
  printer: Printer,
  stop: AbortSignal,
): Promise<void> {
  const before = await stage.backlog()
  if (before === null || before.pending === 0) return
  printer.line('Events of an earlier run wait; they are delivered first.')
  for (
    let rest = before.pending;
    rest > 0 && !stop.aborted;
    rest = (await stage.backlog())?.pending ?? rest
  ) {
    await delay(LOOK_MS)
  }
}
