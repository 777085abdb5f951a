// Jobs that something is wrong with, as a careless producer in another language may add them: what cannot be read, or is
// not what the tracking plan says, becomes a dead letter with its reason; what is good beside it is delivered.

import type { DeadReason } from '@retention-relay/events'
import { deriveId, partitionOf } from '@retention-relay/events'

import { Random } from '@retention-relay/testkit'
import type { Schedule } from '../schedule/schedule.ts'
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
interface JobPlace {
  readonly namespace: string
  readonly partitions: number
  readonly key: string
  readonly atMs: number
  readonly occurredAt: number
}

const MOST_JOBS = 4

/** The planted jobs of a run. */
export function drawPlantedJobs(
  { seed, load, partitions }: Schedule,
  namespace: string,
): PlantedJob[] {
  const random = new Random(seed, 'planted')
  return Array.from({ length: random.whole(0, MOST_JOBS) }, (_, index) => {
    const place = {
      namespace,
      partitions,
      key: `planted-${index}`,
      atMs: random.whole(0, load.forMs),
      occurredAt: Date.now(),
    }
    return random.pick([unreadableJob, brokenEvent, invalidEvent, strayJob])(place)
  })
}

/** Nothing of it can be read. */
function unreadableJob(place: JobPlace): PlantedJob {
  const job = base(place, 2)
  const calls = [0, 1].map((position) => told(place, `${job.jobId}.${position}`, 'malformed'))
  return { ...job, data: 'no JSON object', calls }
}

/** The middle one of three cannot be read. */
function brokenEvent(place: JobPlace): PlantedJob {
  const job = base(place, 3)
  const [first, last] = ['first', 'last'].map((name) => idOf(place, name)) as [string, string]
  const broken = { ...event(place, idOf(place, 'broken')), occurredAt: 'yesterday' }
  return {
    ...job,
    data: { v: 1, ns: place.namespace, events: [event(place, first), broken, event(place, last)] },
    calls: [told(place, first), told(place, `${job.jobId}.1`, 'malformed'), told(place, last)],
  }
}

/** The middle one of three does not match its definition, and has no version, as from another language. */
function invalidEvent(place: JobPlace): PlantedJob {
  const ids = ['first', 'invalid', 'last'].map((name) => idOf(place, name))
  const [first, invalid, last] = ids as [string, string, string]
  const wrong = { ...event(place, invalid), data: { page: 7 } }
  return {
    ...base(place, 3),
    data: { v: 1, ns: place.namespace, events: [event(place, first), wrong, event(place, last)] },
    calls: [told(place, first), told(place, invalid, 'invalid'), told(place, last)],
  }
}

/** It belongs to another namespace. */
function strayJob(place: JobPlace): PlantedJob {
  const id = idOf(place, 'stray')
  return {
    ...base(place, 1),
    data: { v: 1, ns: 'elsewhere', events: [event(place, id)] },
    calls: [told(place, id, 'wrong_environment')],
  }
}

/** One that waits for a worker of tomorrow; `readable` is the same in today's words. */
export interface NewerJob extends PlantedJob {
  readonly readable: unknown
}

/** A job of a newer format. */
export function newerJob(place: JobPlace): NewerJob {
  const newer = event(place, idOf(place, 'newer'))
  return waitingJob(place, { v: 2, ns: place.namespace, batch: [newer] })
}

/** A job of today with an event of a newer version. */
export function newerEvent(place: JobPlace): NewerJob {
  const newer = { ...event(place, idOf(place, 'newer')), version: 2 }
  return waitingJob(place, { v: 1, ns: place.namespace, events: [newer] })
}

function waitingJob(place: JobPlace, data: unknown): NewerJob {
  const id = idOf(place, 'newer')
  const readable = { v: 1, ns: place.namespace, events: [event(place, id)] }
  return { ...base(place, 1), data, readable, calls: [told(place, id)] }
}

function base(place: JobPlace, count: number): Omit<PlantedJob, 'data' | 'calls'> {
  const partition = partitionOf(customerOf(place), place.partitions)
  const { atMs, occurredAt } = place
  return { atMs, occurredAt, partition, jobId: `c-${idOf(place, 'job')}`, count }
}

function event(place: JobPlace, id: string): object {
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

function told(place: JobPlace, id: string, planted?: DeadReason): ToldCall {
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

function idOf({ namespace, key }: JobPlace, name: string): string {
  return deriveId(namespace, 'chaos', `${key}-${name}`)
}
