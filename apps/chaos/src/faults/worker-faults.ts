// What happens to worker processes from outside: signals.

import type { Stage } from '../stage/stage.ts'
import type { WorkerSlot } from '../stage/worker-slot.ts'
import { last } from './fault-action.ts'
import type { FaultAction } from './fault-action.ts'

/** How long a request hangs before the worker is told to stop, so that there is one. */
const HANGING_MS = 300

/** SIGKILL; another one starts after the time. */
export const killWorker: FaultAction = async (stage, { target, forMs }) => {
  const worker = slotOf(stage, target)
  if (worker.process === undefined) return 'skipped'
  await worker.end('SIGKILL')
  await last(stage, forMs)
  return await worker.start()
}

/** SIGTERM while requests get no answer. What had left by then never arrives, and the successor starts at once. */
export const stopHangingWorker: FaultAction = async (stage, { target }) => {
  const worker = slotOf(stage, target)
  if (worker.process === undefined) return 'skipped'
  const hold = worker.destination.hold()
  stage.timeline.note(worker.name, 'gets no answers from the destination')
  await last(stage, HANGING_MS)
  await worker.end('SIGTERM')
  await worker.destination.cutAll()
  await hold.release()
  return await worker.start()
}

/** SIGSTOP beyond the lease, then SIGCONT. */
export const freezeWorker: FaultAction = async (stage, { target, forMs }) => {
  const { name, process } = slotOf(stage, target)
  if (process === undefined) return 'skipped'
  stage.timeline.note(name, 'SIGSTOP')
  process.signal('SIGSTOP')
  await last(stage, forMs)
  process.signal('SIGCONT')
  return stage.timeline.note(name, 'SIGCONT')
}

/** The slot that a fault hits. */
export function slotOf({ workers }: Stage, target: number): WorkerSlot {
  return workers[target]!
}
