export { consumeScripts, PartitionQueue } from './consume/partition-queue.ts'
export type {
  ClaimedJob,
  ClaimReply,
  ClaimRequest,
  SettledJob,
  SettledOutcome,
  SettledPosition,
  SettleRequest,
} from './consume/partition-queue.ts'
export { WorkSignal } from './consume/work-signal.ts'
export { ScriptRunner } from './connection/script.ts'
export type { Script } from './connection/script.ts'
export type { DeadLetterRecord } from './dead-letters/record.ts'
export { namespaceKeys, partitionKeys, QUEUE_NAME } from './keys.ts'
export type { NamespaceKeys, PartitionAddress, PartitionKeys } from './keys.ts'
export { LeaseStore } from './lease/lease-store.ts'
export type { LeaseReply } from './lease/lease-store.ts'
export { leaseScripts } from './lease/scripts.ts'
export { WorkerRegistry } from './lease/worker-registry.ts'
