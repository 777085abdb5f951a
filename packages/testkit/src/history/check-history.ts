// The history checker: from the recorded history of a run to what broke its guarantees. Pure, and linear in the length
// of the history but for the sorting of requests.

import { findAltered } from './altered.ts'
import { calledEvents } from './called-events.ts'
import { findCountFaults } from './count-faults.ts'
import { findDeadByOutage } from './dead-by-outage.ts'
import { findDoubled } from './doubled.ts'
import type { Finding, HistorySummary } from './finding.ts'
import type { History } from './history.ts'
import { findInversions } from './inversions.ts'
import { findLost } from './lost.ts'
import { findOverlaps } from './overlaps.ts'
import { findNeedlessRepeats } from './needless-repeats.ts'
import { findRateFaults } from './rate-faults.ts'
import { findNothingAcknowledged, findRefusals } from './refusals.ts'
import { readTraffic } from './traffic.ts'
import { findUnsent } from './unsent.ts'

export interface HistoryCheck {
  /** Empty when every guarantee held. */
  readonly findings: readonly Finding[]
  readonly summary: HistorySummary
}

/** Throws Error where the records contradict themselves, so that nothing can be said. */
export function checkHistory(history: History): HistoryCheck {
  const { run, producers, receipts, deadLetters } = history
  const events = calledEvents(producers)
  const traffic = readTraffic(receipts, events)
  const repeats = findDoubled(traffic, run)
  const findings = [
    ...findLost(events.values(), traffic, history),
    ...findUnsent(events, traffic, deadLetters),
    ...findRefusals(producers),
    ...findNothingAcknowledged(events.values()),
    ...repeats.findings,
    ...findNeedlessRepeats(traffic, run),
    ...findAltered(traffic),
    ...findInversions(traffic, run),
    ...findOverlaps(traffic, events.values(), run),
    ...findDeadByOutage(events, traffic, deadLetters),
    ...findCountFaults(history, events.values(), traffic),
    ...findRateFaults(traffic, run),
  ]
  const repeated = traffic.received.filter(({ effect }) => effect === 'repeated').length
  return { findings, summary: summarize(findings, repeated, repeats.excused) }
}

function summarize(
  findings: readonly Finding[],
  repeated: number,
  repeatedUnknown: number,
): HistorySummary {
  const count = (kind: Finding['kind']): number =>
    findings.filter((finding) => finding.kind === kind).length
  const overlaps = (why: string): number =>
    findings.filter((finding) => finding.kind === 'overlap' && finding.why === why).length
  return {
    lost: count('lost'),
    undelivered: count('undelivered'),
    unsent: count('unsent'),
    refusedForGood: count('refusedForGood'),
    nothingAcknowledged: count('nothingAcknowledged'),
    doubled: count('doubled'),
    repeated,
    repeatedWithoutNeed: count('repeatedWithoutNeed'),
    repeatedUnknown,
    altered: count('altered'),
    inversions: count('inversion'),
    overlaps: overlaps('two_requests'),
    twiceInBatch: overlaps('one_batch'),
    deadByOutage: count('deadByOutage'),
    countFaults: count('countFault'),
    rateFaults: count('rateFault'),
  }
}
