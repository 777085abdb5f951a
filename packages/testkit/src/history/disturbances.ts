// What a run's faults excuse. Nobody can know whether a request was carried out when its worker, the worker's Redis or the
// link was hit while the request was in flight, so it is made once more; that is the only excuse there is for doing so.
// What hit another worker excuses nothing.

import type { MadeCall } from './called-events.ts'
import type { Disturbance, Period, RunFacts } from './records.ts'
import type { Received, SentRequest } from './traffic.ts'

/** Longest way from the mock's answer to an acknowledged settle, on a machine that is busy with a run. */
const SETTLE_MS = 2_000
/** Longest time in which the mock hears that a sender has left, or a request of a worker that was just stopped. */
const NEWS_MS = 1_000
const NO_ANSWER = new Set(['left', 'aborted', 'reset', 'cut'])

/** Whether `again` has a reason: the outcome of `former` was unknown, or Redis has lost what it knew of it. */
export function mayComeAgain(former: Received, again: Received, run: RunFacts): boolean {
  const isWiped = run.wipes.some((at) => former.operation.at <= at && at <= again.operation.at)
  return isWiped || mayBeUnsettled(former.request, run)
}

/** Whether the outcome of the request was unknown, or may have been lost with a master. */
export function mayBeUnsettled(request: SentRequest, run: RunFacts): boolean {
  return isSettleForgotten(request, run) || isOutcomeUnknown(request, run)
}

/**
 * Whether a call has stored its event no more than once. One that has no answer, or was under way while Redis was cut off
 * or failed over, may have stored it twice: a commit whose answer is lost is made again, and its job may be done and gone by then.
 */
export function isStoredOnce(call: MadeCall, { disturbances, failovers }: RunFacts): boolean {
  const { calledAt, acknowledgedAt } = call
  if (acknowledgedAt === null) return false
  const cuts = disturbances.filter(({ kind, host }) => kind === 'cut_off' && host === null)
  return ![...cuts, ...failovers].some((period) => touches(period, calledAt, acknowledgedAt))
}

/** Whether the sender may not know, or not have been able to note, that the request was carried out. */
function isOutcomeUnknown(request: SentRequest, { disturbances }: RunFacts): boolean {
  const { openedAt, endedAt } = request
  if (!isAnsweredWell(request)) return true
  return disturbances.some(
    (one) => hits(one, request) && touches(one, openedAt, endedAt + SETTLE_MS),
  )
}

/** Whether a failover may have taken along that the request was settled. */
export function isSettleForgotten({ openedAt, endedAt }: SentRequest, run: RunFacts): boolean {
  return run.failovers.some((period) => touches(period, openedAt, endedAt + SETTLE_MS))
}

/** Whether `later` may have been opened although the mock still holds `earlier` for open. */
export function isLeftBehind(earlier: SentRequest, later: SentRequest, run: RunFacts): boolean {
  const { openedAt, endedAt, ending } = earlier
  const stops = run.disturbances.filter((one) => one.kind === 'stopped' && hits(one, earlier))
  const isStopped = stops.some(
    ({ from }) => openedAt <= from + NEWS_MS && from <= later.openedAt + NEWS_MS && from <= endedAt,
  )
  if (isStopped) return true
  if (ending !== null && !NO_ANSWER.has(ending)) return false
  if (endedAt <= later.openedAt + NEWS_MS) return true
  return stops.some((period) => touches(period, later.openedAt, endedAt))
}

export function isAnsweredWell({ ending }: SentRequest): boolean {
  return ending !== null && ending.startsWith('2')
}

function hits({ host }: Disturbance, request: SentRequest): boolean {
  return host === null || host === request.host
}

function touches({ from, until }: Period, begin: number, end: number): boolean {
  return from <= end && until >= begin
}
