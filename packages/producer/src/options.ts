// How a producer is made. Every fault of the options is listed at once, before anything connects.

import { PRODUCER_PATTERN, RelayError } from '@retention-relay/events'
import type { retentionPlan, TrackingPlan } from '@retention-relay/events'
import { assertNamespace } from '@retention-relay/queue'
import type { RedisAddress } from '@retention-relay/queue'

import type { CustomerIdKind } from './customer-id.ts'

/** Settings of `createProducer`. */
export interface ProducerOptions<Plan extends TrackingPlan = typeof retentionPlan> {
  /** `[a-z0-9-]{1,32}`, for instance `production`. Prefixes every key and stands in every job. */
  readonly namespace: string
  /**
   * `redis://`, `rediss://`, `unix:///path`, `redis+sentinel://host,host/master-name`, `redis+cluster://host,host`, a
   * list of a Cluster's nodes, or an ioredis client of the caller's own, which is copied and left alone.
   */
  readonly redis: RedisAddress | undefined
  /**
   * This service and its version, for instance `checkout@1.4.2`, `[a-z0-9@._/-]{1,64}`: stands in every job, so that a
   * change of its events is seen with the first events of a new version. Default: none is named.
   */
  readonly service?: string
  /** Default: the plan whose module `RELAY_TRACKING_PLAN` names, or the shipped one. */
  readonly trackingPlan?: Plan
  /** Partitions of a new namespace, 16 when left out. One that exists must have the same number. */
  readonly partitions?: number
  /** How long a call waits for Redis, in milliseconds. Default 2,000. */
  readonly enqueueTimeoutMs?: number
  /** Most events that wait for Redis at a time; above it calls are refused. Default 10,000. */
  readonly maxPendingEvents?: number
  /** Replicas that must have an event before it is acknowledged (`WAIT`). Default 0. */
  readonly replicas?: number
  /** Kinds of customer id that are accepted although they change. Default none. */
  readonly allowCustomerIds?: readonly CustomerIdKind[]
  /** Wall clock in milliseconds. Default `Date.now`. */
  readonly now?: () => number
  /** Random bytes, for ids. Default `crypto.randomBytes`. */
  readonly random?: (bytes: number) => Uint8Array
}

/** The same with all defaults. */
export interface ProducerSettings {
  readonly namespace: string
  readonly redis: RedisAddress
  readonly service?: string
  readonly trackingPlan: TrackingPlan
  readonly partitions?: number
  readonly enqueueTimeoutMs: number
  readonly maxPendingEvents: number
  readonly replicas: number
  readonly allowCustomerIds: readonly CustomerIdKind[]
  readonly now: () => number
  readonly random?: (bytes: number) => Uint8Array
}

const CUSTOMER_ID_KINDS: readonly string[] = ['email', 'phone'] satisfies CustomerIdKind[]

/** @throws RelayError `RELAY_CONFIG_INVALID` that names every option at fault. */
export function readOptions(
  options: ProducerOptions<TrackingPlan>,
  trackingPlan: TrackingPlan,
): ProducerSettings {
  const { redis, service, partitions, random } = options
  const settings = {
    namespace: options.namespace,
    trackingPlan,
    enqueueTimeoutMs: options.enqueueTimeoutMs ?? 2000,
    maxPendingEvents: options.maxPendingEvents ?? 10_000,
    replicas: options.replicas ?? 0,
    allowCustomerIds: options.allowCustomerIds ?? [],
    now: options.now ?? Date.now,
    ...(service === undefined ? {} : { service }),
    ...(partitions === undefined ? {} : { partitions }),
    ...(random === undefined ? {} : { random }),
  }
  const faults = [
    ...namespaceFaults(settings),
    ...numberFaults(settings),
    ...settings.allowCustomerIds
      .filter((kind) => !CUSTOMER_ID_KINDS.includes(kind))
      .map(() => 'allowCustomerIds may hold email and phone.'),
  ]
  if (service !== undefined && !PRODUCER_PATTERN.test(service)) {
    faults.push(
      'service must be 1 to 64 characters of a-z, 0-9 and "@._/-", for instance checkout@1.4.2.',
    )
  }
  if (redis === undefined) faults.push('redis is missing; is REDIS_URL set?')
  if (redis === undefined || faults.length > 0) {
    throw new RelayError('RELAY_CONFIG_INVALID', faults.join(' '), { details: { faults } })
  }
  return { ...settings, redis }
}

function namespaceFaults(options: { namespace: string; partitions?: number }): string[] {
  try {
    assertNamespace(options)
    return []
  } catch (error) {
    return [(error as RelayError).message]
  }
}

function numberFaults(
  settings: Pick<ProducerSettings, 'enqueueTimeoutMs' | 'maxPendingEvents' | 'replicas'>,
): string[] {
  const { enqueueTimeoutMs, maxPendingEvents, replicas } = settings
  const faults: string[] = []
  if (!isWhole(enqueueTimeoutMs, 10, 60_000)) {
    faults.push('enqueueTimeoutMs must be a whole number from 10 to 60000.')
  }
  if (!isWhole(maxPendingEvents, 1, 1_000_000)) {
    faults.push('maxPendingEvents must be a whole number from 1 to 1000000.')
  }
  if (!isWhole(replicas, 0, 16)) faults.push('replicas must be a whole number from 0 to 16.')
  return faults
}

function isWhole(value: number, least: number, most: number): boolean {
  return Number.isSafeInteger(value) && value >= least && value <= most
}
