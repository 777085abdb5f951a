// The running mock as a program sees it. Everything here is also reachable over HTTP under `/_mock/`
// (control/handle-control.ts), for senders in other processes.
import type { ActiveFault } from './faults/active-faults.ts'
import type { Fault } from './faults/fault.ts'
import type { ReceivedOperation, ReceivedQuery } from './ledger/received.ts'
import type { RecentOperation } from './ledger/recent-operations.ts'
import type { SummaryPredicate } from './ledger/summary-waiters.ts'
import type { MockSummary } from './ledger/summary.ts'
import type { MockSettings } from './settings.ts'
import type { Device } from './track/operation.ts'

export interface Mock {
  /** `http://host:port`: the page; base of the Track API (`CUSTOMERIO_TRACK_URL`). */
  readonly url: string
  readonly port: number
  readonly settings: Readonly<MockSettings>
  /** Changes settings from the next request on. */
  configure(changes: Partial<MockSettings>): void
  /** Puts a fault in force; the returned function ends it. Throws on a fault that is not one. */
  fault(fault: Fault): () => void
  faults(): ActiveFault[]
  /** Ends one fault or all; returns how many were ended. */
  clearFaults(id?: number): number
  /** What was applied or found duplicate, in order of arrival. */
  received(query?: string | ReceivedQuery): ReceivedOperation[]
  /** The last operations of every outcome with their payloads, newest first. */
  recent(limit: number, customerId?: string): RecentOperation[]
  /** The profile found under this id (or e-mail, or phone). */
  person(customerId: string): PersonView | null
  summary(): MockSummary
  /**
   * Resolves as soon as the counts satisfy `predicate`, woken by requests and faults. Rejects with
   * the counts after `timeoutMs` (default 30,000) and when the mock is closed.
   */
  waitFor(predicate: SummaryPredicate, options?: { timeoutMs?: number }): Promise<MockSummary>
  /** Forgets what was received, people, ids, counts and faults; settings stay. */
  reset(): void
  /** Ends every connection, answered or not. */
  close(): Promise<void>
}

export interface PersonView {
  attributes: Record<string, unknown>
  devices: Device[]
}
