// A faithful local Customer.io with faults on demand: start it, point a sender at it, ask what it
// received.
export { systemClock, type Clock } from './clock.ts'
export type { ActiveFault } from './faults/active-faults.ts'
export { FAULT_KINDS, type Fault, type FaultKind } from './faults/fault.ts'
export type { ReceivedOperation, ReceivedQuery } from './ledger/received.ts'
export type { RecentOperation } from './ledger/recent-operations.ts'
export type { MockSummary } from './ledger/summary.ts'
export type { Mock, PersonView } from './mock.ts'
export type { MockOptions, MockSettings } from './settings.ts'
export { MockStartError, startMock } from './start-mock.ts'
export type { PlantedRule } from './track/planted-rule.ts'
