// A job that is put into the queue by hand, past the producer, and what the checker must know of it. All its events are
// tracks of one customer of its own.

import type { DeadReason } from '@retention-relay/events'
import { deriveId, partitionOf } from '@retention-relay/events'

import type { ToldCall } from './call-recorder.ts'

/** One job. */
export interface PlantedJob {
  /** Since the start of the load. */
  readonly atMs: number
  readonly partition: number
  readonly jobId: string
  /** Events that its name tells. */
  readonly count: number
  readonly data: unknown
  /** When its events happened. */
  readonly occurredAt: number
  /** What the checker must know of its events. */
  readonly calls: readonly ToldCall[]
}

/** Whose job, and which. */
export interface JobPlace {
  readonly namespace: string
  readonly partitions: number
  readonly key: string
  readonly atMs: number
  readonly occurredAt: number
}

/** Its place in the queue. */
export function base(place: JobPlace, count: number): Omit<PlantedJob, 'data' | 'calls'> {
  const partition = partitionOf(customerOf(place), place.partitions)
  const { atMs, occurredAt } = place
  return { atMs, occurredAt, partition, jobId: `c-${idOf(place, 'job')}`, count }
}

/** One of its events, in today's words, as from another language: without a version. */
export function event(place: JobPlace, id: string): Record<string, unknown> {
  const data = { page: place.key }
  return {
    op: 'track',
    id,
    customerId: customerOf(place),
    occurredAt: place.occurredAt,
    name: 'page_seen',
    data,
  }
}

/** What the checker must know of an event. */
export function told(place: JobPlace, id: string, planted?: DeadReason): ToldCall {
  const call = {
    id,
    customerId: customerOf(place),
    op: 'track',
    name: 'page_seen',
    mark: '',
  } as const
  return planted === undefined ? call : { ...call, planted }
}

function customerOf({ key }: JobPlace): string {
  return key
}

/** Id of what has this name in a job. */
export function idOf({ namespace, key }: JobPlace, name: string): string {
  return deriveId(namespace, 'chaos', `${key}-${name}`)
}
