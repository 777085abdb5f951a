// Every key of the relay in Redis is named here and nowhere else. All keys of a partition, BullMQ's and ours,
// carry one hash tag that ends with the partition number, so that a partition lives on one slot of a Redis
// Cluster and partitions spread over the masters. None of ours lies under BullMQ's `<prefix>:events:`, since its
// clean-up deletes what it does not know there.

import { partitionOf } from '@retention-relay/events'

/** Name of every BullMQ queue of the relay. */
export const QUEUE_NAME = 'events'

/** Where a partition lives. */
export interface PartitionAddress {
  readonly namespace: string
  /** Raised by a resize. 1 or more. */
  readonly generation: number
  /** 0-based. */
  readonly partition: number
}

/** A key that never exists, in the slot of this one: Redis refuses who names it while the slot moves to another master. */
export function absentKey(key: string): string {
  return `${key.slice(0, key.indexOf('}') + 1)}:absent`
}

/** Keys of one partition. */
export interface PartitionKeys {
  /** BullMQ's prefix, which is the hash tag. */
  readonly prefix: string
  /** BullMQ's base of a job's key: `<base><job id>`. */
  readonly jobBase: string
  readonly wait: string
  readonly active: string
  readonly meta: string
  readonly marker: string
  /** `worker#epoch` of the owner. String with expiry. */
  readonly lease: string
  /** The Redis process that leases are given on, and from when on it may give new ones. Hash: `run`, `opens` (ms). */
  readonly leaseRun: string
  /** Durable counters: accepted, delivered, duplicate, dead, … Hash. */
  readonly counters: string
  /** Generations of the dedupe store: bucket count and volume. Hash. The buckets are `<dedupe>:<generation>:<bucket>`. */
  readonly dedupe: string
  /** Dead letters by time of death. Sorted set of record ids. The records are `<dead>:<id>`. */
  readonly dead: string
  /** Dead letters per fingerprint. Hash. */
  readonly deadGroups: string
  /** Ids in `wait` or `active` without a job hash. List, bounded. */
  readonly orphans: string
}

/** Keys of a partition. */
export function partitionKeys(address: PartitionAddress): PartitionKeys {
  const prefix = `{relay:${address.namespace}:g${address.generation}:${address.partition}}`
  const queue = `${prefix}:${QUEUE_NAME}`
  return {
    prefix,
    jobBase: `${queue}:`,
    wait: `${queue}:wait`,
    active: `${queue}:active`,
    meta: `${queue}:meta`,
    marker: `${queue}:marker`,
    lease: `${prefix}:lease`,
    leaseRun: `${prefix}:lease-run`,
    counters: `${prefix}:counters`,
    dedupe: `${prefix}:dedupe`,
    dead: `${prefix}:dead`,
    deadGroups: `${prefix}:dead-groups`,
    orphans: `${prefix}:orphans`,
  }
}

/** Keys of a whole namespace. */
export interface NamespaceKeys {
  /** Partitions, generation, the bound workspace, and a pause. Hash. */
  readonly config: string
  /** What people did, newest first. List, bounded. */
  readonly audit: string
  /** Live workers by the time until which they count as live. Sorted set. */
  readonly workers: string
  /**
   * Event names and producers that drift is watched of, by the time they were last seen. Sorted set. What was seen is in
   * `<drift>:<profile>`, of the newest events also in `<drift>:<profile>:<0 or 1>`. Expires.
   */
  readonly drift: string
  /** Shapes of customer ids: events, first and last time; and which tracking plan the workers have. Hash with expiry. */
  readonly idShapes: string
  /** Customers that were seen, one in eight, as 64-bit integers. Sets with expiry: `<customers>:<bucket>`. */
  readonly customers: string
  /** While it is there workers publish what they do on the channel of the same name. String with expiry. */
  readonly tail: string
}

/** Keys of a namespace. */
export function namespaceKeys(namespace: string): NamespaceKeys {
  const prefix = `{relay:${namespace}}`
  return {
    config: `${prefix}:config`,
    audit: `${prefix}:audit`,
    workers: `${prefix}:workers`,
    drift: `${prefix}:drift`,
    idShapes: `${prefix}:id-shapes`,
    customers: `${prefix}:customers`,
    tail: `${prefix}:tail`,
  }
}

/** Hash tags over which tombstones and identified customers are spread. */
const TAGS = 64

/** The hash tag's last part for a mark: `t0` to `t63`. */
export function tombstoneTag(mark: string): string {
  return `t${Number.parseInt(mark.slice(0, 2), 16) % TAGS}`
}

/** Key of a tombstone. `mark`: hash of its scope. String with expiry: `<ms>:<id of the superseding event>`. */
export function tombstoneKey(namespace: string, mark: string): string {
  return `{relay:${namespace}:${tombstoneTag(mark)}}:tombstone:${mark}`
}

/** The hash tag's last part for a customer, whatever the number of partitions: `t0` to `t63`. */
export function customerTag(customerId: string): string {
  return `t${partitionOf(customerId, TAGS)}`
}

/** Base of the keys of identified customers, as 64-bit integers. Sets with expiry: `<base>:<00 to 99>`. */
export function identifiedKey(namespace: string, tag: string): string {
  return `{relay:${namespace}:${tag}}:identified`
}

/**
 * BullMQ's `meta.version` whose layout (`wait`, `active`, `marker`, `meta.paused`, job hash and lock) the scripts
 * were tested against. A queue of another version may work; the contract test says so before this line is raised.
 */
export const TESTED_LAYOUT = 'bullmq:6.7.0'
