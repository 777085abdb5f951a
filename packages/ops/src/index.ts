export type { EventCount } from '@retention-relay/queue'
export { closeOps, connectOps, opsConnection } from './connection.ts'
export type { OpsArrival, OpsConnection } from './connection.ts'
export { listDeadLetters } from './dead-letters/list.ts'
export type { DeadLetterPage, DeadLetterQuery } from './dead-letters/list.ts'
export { replayDeadLetter } from './dead-letters/replay.ts'
export type { ReplayRefusal, ReplayResult, ReplayWarning } from './dead-letters/replay.ts'
export { showDeadLetter } from './dead-letters/show.ts'
export type { FoundDeadLetter } from './dead-letters/show.ts'
export type { DeadLetterSummary } from './dead-letters/summary.ts'
export { readDrift } from './drift.ts'
export type { DriftReport, WatchedEvent, WatchedField } from './drift.ts'
export type { ChangeKind, PlanChange } from './plan/diff/plan-change.ts'
export { diffPlans } from './plan/diff/diff-plans.ts'
export { readExportedPlan, writeExportedPlan } from './plan/exported-folder.ts'
export { exportPlan } from './plan/exported-plan.ts'
export type { ExportedPlan } from './plan/exported-plan.ts'
export { planDocument } from './plan/plan-document.ts'
export { planEntries } from './plan/plan-entry.ts'
export type { PlanEntry } from './plan/plan-entry.ts'
export type { PlanField } from './plan/plan-fields.ts'
export { resumeNamespace } from './resume.ts'
export type { ResumeResult } from './resume.ts'
export { readStatus } from './status/read-status.ts'
export type {
  Balance,
  Counters,
  Finding,
  Owner,
  PartitionStatus,
  RelayStatus,
  StatusTotals,
} from './status/status.ts'
export { readWatches } from './status/watches.ts'
export type { Watches } from './status/watches.ts'
export { tailEvents } from './tail/tail-events.ts'
export type { TailOptions } from './tail/tail-events.ts'
export { rebindWorkspace } from './workspace.ts'
