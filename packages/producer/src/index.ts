export { entryCheck } from './entry-check.ts'
export { createProducer } from './create-producer.ts'
export type { CustomerIdKind } from './customer-id.ts'
export type { EnqueueInput, EnqueueResult, EventOptions, Receipt } from './event-input.ts'
export type { ProducerOptions } from './options.ts'
export type { Producer, ProducerCounters } from './producer.ts'
export {
  defineAttributes,
  defineEvent,
  defineTrackingPlan,
  ERROR_CODES,
  RelayError,
  retentionPlan,
} from '@retention-relay/events'
export type {
  AttributesDefinition,
  AttributesInput,
  Checks,
  DataFault,
  Device,
  ErrorCode,
  ErrorCodeEntry,
  EventDefinition,
  EventName,
  FieldPath,
  IdempotencyKey,
  ObjectSchema,
  RelayErrorOptions,
  TrackingPlan,
  TrackInput,
} from '@retention-relay/events'
export { EnqueueError } from '@retention-relay/queue'
export type { EnqueueErrorCode, RedisAddress } from '@retention-relay/queue'
