// Makes the calls about one customer as a careful service does: in order, those that are due together in one go, and what
// failed again with the same id and the same time until it is stored. Newer calls wait for that.

import { setTimeout as pause } from 'node:timers/promises'

import type { EnqueueResult } from '@retention-relay/producer'

import type { CallRecorder } from './call-recorder.ts'
import type { PlannedCall, ShopInput } from './planned-call.ts'

/** What a service calls with. */
export interface CallTools {
  readonly enqueue: (inputs: readonly ShopInput[]) => Promise<EnqueueResult[]>
  readonly recorder: CallRecorder
  /** When the load began, wall clock. */
  readonly startedAt: number
  /** After this time (since the start of the load) nothing new is called. */
  readonly endsAtMs: number
  /** When a call's event happened. */
  readonly occurredAt: (call: PlannedCall) => number
}

const AT_ONCE = 100
const RETRY_MS = 100

/** Resolves when all that was called is stored. `again`: calls of unknown fate, which come first. */
export async function callAbout(
  calls: readonly PlannedCall[],
  again: readonly PlannedCall[],
  tools: CallTools,
): Promise<void> {
  await callUntilStored(again, tools)
  let next = 0
  while (next < calls.length) {
    const waitMs = tools.startedAt + calls[next]!.atMs - Date.now()
    if (waitMs > 0) await pause(waitMs)
    const now = Date.now() - tools.startedAt
    if (now > tools.endsAtMs) return
    const due = calls.slice(next, next + AT_ONCE).filter(({ atMs }) => atMs <= now)
    await callUntilStored(due.length === 0 ? [calls[next]!] : due, tools)
    next += Math.max(1, due.length)
  }
}

async function callUntilStored(calls: readonly PlannedCall[], tools: CallTools): Promise<void> {
  let open = calls
  while (open.length > 0) {
    const kept = await Promise.all(
      open.map(async (call) => ((await callOnce(call, tools)) ? [] : [call])),
    )
    open = kept.flat()
    if (open.length > 0) await pause(RETRY_MS)
  }
}

/** True when nothing is left to do. */
async function callOnce(planned: PlannedCall, tools: CallTools): Promise<boolean> {
  const occurredAt = tools.occurredAt(planned)
  const call = tools.recorder.called(planned, occurredAt)
  const [result] = await tools.enqueue([{ ...planned.input, occurredAt }])
  if (result?.ok === true) {
    tools.recorder.acknowledged(call)
    return true
  }
  const error = result?.error
  tools.recorder.failed(call, error?.code ?? 'none')
  return error?.retryable !== true
}
