// Refusals: what a producer would not take. A refusal that says "try again" is no harm, and the load does so; a load calls
// nothing that deserves another one. A producer that is closed refuses what comes too late, and takes nothing any more. A
// run in which nothing was acknowledged proves nothing.

import { ERROR_CODES } from '@retention-relay/events'

import type { CalledEvent } from './called-events.ts'
import type { Finding } from './finding.ts'
import type { ProducerHistory } from './history.ts'
import type { CalledRecord, CallEnd, ProducerRecord } from './records.ts'

/** Of a producer that is closed. */
const CLOSED = 'RELAY_ENQUEUE_CLOSED'
const RETRYABLE: ReadonlySet<string> = new Set(
  Object.entries(ERROR_CODES).flatMap(([code, { retryable }]) => (retryable ? [code] : [])),
)

type Refusal = Extract<CallEnd, { kind: 'refused' | 'unknown' }>

export function findRefusals(producers: readonly ProducerHistory[]): Finding[] {
  return producers.flatMap(({ process, records }) => {
    const called = new Map<number, CalledRecord>()
    const isTakenAfter = callsTaken(records)
    return records.flatMap((record, line): Finding[] => {
      if (record.kind === 'called') called.set(record.call, record)
      if (record.kind === 'called' || record.kind === 'acknowledged') return []
      if (RETRYABLE.has(record.code) || (record.code === CLOSED && !isTakenAfter(line))) return []
      return [refusedForGood(process, record, called.get(record.call)!)]
    })
  })
}

/** Whether one of the calls that began after a line was acknowledged. */
function callsTaken(records: readonly ProducerRecord[]): (line: number) => boolean {
  const ends = records.filter(({ kind }) => kind === 'acknowledged')
  const taken = new Set(ends.map(({ call }) => call))
  const last = records.findLastIndex(({ kind, call }) => kind === 'called' && taken.has(call))
  return (line) => last > line
}

/** @returns one finding, or none. */
export function findNothingAcknowledged(events: Iterable<CalledEvent>): Finding[] {
  for (const { acknowledgedAt } of events) if (acknowledgedAt !== null) return []
  return [{ kind: 'nothingAcknowledged' }]
}

function refusedForGood(
  process: string,
  { code, at }: Refusal,
  { id, customerId }: CalledRecord,
): Finding {
  return { kind: 'refusedForGood', id, customerId, process, code, at }
}
