// The event as it travels in a job: one thing to tell Customer.io about one customer. The producer makes it,
// the worker reads it, and services in other languages may write it too (docs/job-format.md).

/** A JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>

interface EventBase {
  /** ULID. Derived from the idempotency key where there is one. */
  readonly id: string
  /** The shop's own customer id. Decides the partition, and with it the order. */
  readonly customerId: string
  /** When it happened, in milliseconds since 1970. Fixed at the first enqueue and always sent. */
  readonly occurredAt: number
}

/** Something happened. */
export interface TrackEvent extends EventBase {
  readonly op: 'track'
  readonly name: string
  readonly data: JsonObject
  /** Version of the definition that the event was checked against. */
  readonly version?: number
}

/** Attributes changed. */
export interface IdentifyEvent extends EventBase {
  readonly op: 'identify'
  readonly attributes: JsonObject
  /** Version of the definition that the attributes were checked against. */
  readonly version?: number
}

/** A profile operation on the customer as a whole. */
export interface ProfileEvent extends EventBase {
  readonly op: 'delete' | 'suppress' | 'unsuppress'
}

/** Merges the customer (the secondary) into another one. Travels in the secondary's partition. */
export interface MergeEvent extends EventBase {
  readonly op: 'merge'
  /** The customer that remains. */
  readonly primaryId: string
}

/** A device is added to the customer. */
export interface AddDeviceEvent extends EventBase {
  readonly op: 'add_device'
  readonly device: Device
}

/** A device is taken from the customer. */
export interface DeleteDeviceEvent extends EventBase {
  readonly op: 'delete_device'
  readonly device: Pick<Device, 'token'>
}

/** A push device. */
export interface Device {
  /** The push token. */
  readonly token: string
  readonly platform: 'ios' | 'android'
  /** Last use, in unix seconds. */
  readonly last_used?: number
  readonly attributes?: JsonObject
}

/** One thing to tell Customer.io about one customer. */
export type RelayEvent =
  | TrackEvent
  | IdentifyEvent
  | ProfileEvent
  | MergeEvent
  | AddDeviceEvent
  | DeleteDeviceEvent

/** The kind of an event. */
export type EventOp = RelayEvent['op']

/** Every kind. */
export const EVENT_OPS: readonly EventOp[] = [
  'track',
  'identify',
  'delete',
  'suppress',
  'unsuppress',
  'merge',
  'add_device',
  'delete_device',
]

/**
 * Profile operations go alone in a request, since nothing at the destination deduplicates them: a late or
 * repeated one changes a person for good.
 */
export function isProfileOperation(op: EventOp): boolean {
  return op !== 'track' && op !== 'identify'
}

/** What people and metrics call an event: the name of a `track`, the kind of anything else. */
export function eventLabel(event: RelayEvent): string {
  return event.op === 'track' ? event.name : event.op
}
