export { checkData, checkMessage, typeName } from './check-data.ts'
export type { CheckedData, DataFault } from './check-data.ts'
export type { DeadLetterRecord } from './dead-letter.ts'
export { dedupeMember } from './dedupe-member.ts'
export { retentionPlan } from './definitions/retention-plan.ts'
export { DRIFT_LIMITS, EventProfile, JSON_TYPES } from './drift/event-profile.ts'
export type { JsonType } from './drift/event-profile.ts'
export { EventSampler } from './drift/event-sampler.ts'
export type { NamedProfile } from './drift/event-sampler.ts'
export type { DriftFinding } from './drift/drift-finding.ts'
export { findDrift } from './drift/find-drift.ts'
export { shareOf, valuesOf } from './drift/seen-profile.ts'
export type { SeenAt, SeenField, SeenProfile } from './drift/seen-profile.ts'
export { ERROR_CODES, RelayError } from './errors.ts'
export type { ErrorCode, ErrorCodeEntry, RelayErrorOptions } from './errors.ts'
export { defineAttributes, defineEvent } from './event-definition.ts'
export type {
  AttributesDefinition,
  Checks,
  EventDefinition,
  FieldPath,
  IdempotencyKey,
  ObjectSchema,
} from './event-definition.ts'
export { AHEAD_MS, CLOCK_MARGIN_MS, EARLIEST_MS } from './event-times.ts'
export { EVENT_OPS, eventLabel, isProfileOperation } from './event.ts'
export type {
  AddDeviceEvent,
  DeleteDeviceEvent,
  Device,
  EventOp,
  IdentifyEvent,
  JsonObject,
  MergeEvent,
  ProfileEvent,
  RelayEvent,
  TrackEvent,
} from './event.ts'
export {
  CUSTOMERS_PER_LOOK,
  FIRST_OPERATIONS,
  FirstOperations,
} from './identity/first-operations.ts'
export type { FirstOperation } from './identity/first-operations.ts'
export { contactKind, MASK, maskContact } from './identity/contact-id.ts'
export type { ContactKind } from './identity/contact-id.ts'
export { identifyFirst } from './identity/identify-first.ts'
export type { IdentifyFirst } from './identity/identify-first.ts'
export { MOST_SHAPES, OTHER_SHAPE } from './identity/id-shape.ts'
export { secondShapes, ShapeCounts } from './identity/shape-counts.ts'
export type { SeenShape } from './identity/shape-counts.ts'
export {
  decodeJob,
  eventFault,
  isReplayJob,
  JOB_FORMAT_VERSION,
  JOB_MAX_BYTES,
  JOB_MAX_EVENTS,
  JOB_READ_BYTES,
  jobCount,
  jobName,
  PRODUCER_PATTERN,
  replayJobName,
  unreadJob,
} from './job-format.ts'
export type { DecodedJob, JobData, JobPosition } from './job-format.ts'
export { JOB_SCHEMA } from './job-schema.ts'
export { exportedSchemaOf, exportedUnitOf, jsonSchemaOf } from './json-schema.ts'
export type { JsonSchema } from './json-schema.ts'
export { judgeEvent } from './judge-event.ts'
export type { Judgement } from './judge-event.ts'
export { limitFault, limitMessage, LIMITS } from './limits.ts'
export type { LimitFault } from './limits.ts'
export { personalMask } from './mask-personal.ts'
export type { PersonalMask } from './mask-personal.ts'
export { encodeOperation } from './operation.ts'
export { DEAD_REASONS } from './outcome.ts'
export type {
  DeadReason,
  ItemRejection,
  PauseReason,
  Rejection,
  ResponseClass,
  RetryCause,
} from './outcome.ts'
export { loadTrackingPlan, TRACKING_PLAN_VARIABLE } from './load-tracking-plan.ts'
export { crc16, DEFAULT_PARTITIONS, partitionOf } from './partition.ts'
export { planHash } from './plan-hash.ts'
export { schemaFields } from './schema-fields.ts'
export type { SchemaField } from './schema-fields.ts'
export { supersededAt, timeRules } from './time-rules.ts'
export type { Place, TimeRules, Tombstones } from './time-rules.ts'
export {
  attributesVersion,
  defineTrackingPlan,
  eventDefinitions,
  findDefinition,
  isRetired,
} from './tracking-plan.ts'
export type { AttributesInput, EventName, TrackingPlan, TrackInput } from './tracking-plan.ts'
export { createUlidSource, DERIVED_ID_TIME_MS, deriveId, isUlid } from './ulid.ts'
export type { UlidSourceOptions } from './ulid.ts'
