export { DEFAULT_BATCH_LIMITS } from './batch.ts'
export type { BatchLimits } from './batch.ts'
export { ByteBudget, DEFAULT_BUFFER_BYTES } from './byte-budget.ts'
export { systemClock } from './clock.ts'
export { Consumer } from './consumer.ts'
export type { ConsumerParts, ConsumerState } from './consumer.ts'
export { EndpointGate } from './endpoint-gate.ts'
export { MassRejection } from './mass-rejection.ts'
export { NamespacePause } from './namespace-pause.ts'
export { Lease } from './lease.ts'
export type { LeaseTimes, Moment } from './lease.ts'
export { DEFAULT_LEASE_TIMES, PartitionManager } from './partition-manager.ts'
export type { PartitionManagerParts } from './partition-manager.ts'
export type {
  Clock,
  DeliveryObserver,
  DestinationPort,
  JudgeEvent,
  LeasePort,
  PartitionPort,
  RegistryPort,
  RequestFacts,
  SettleFacts,
} from './ports.ts'
export { RateShare } from './rate-share.ts'
export { REQUEST_TIMEOUT_MS } from './send-batch.ts'
