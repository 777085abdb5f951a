// The job: what BullMQ carries. It holds 1..200 events of one partition that were committed together.
// Enters: the text of a job's `data`. Leaves: its events, or for each damaged position what is wrong with it.
// A damaged position never hides its neighbours. The job's name tells the number of positions, so that the
// claim script can count events without parsing.

import type { EventOp, JsonObject, RelayEvent } from './event.ts'
import { EVENT_OPS } from './event.ts'
import { isUlid } from './ulid.ts'

/** Version of the job format that this code writes, and the newest that it reads. */
export const JOB_FORMAT_VERSION = 1

/** Most events in a job. */
export const JOB_MAX_EVENTS = 200

/** A commit closes at this many bytes of events; a single larger event still goes alone. */
export const JOB_MAX_BYTES = 65_536

/** Most bytes of a job that are read, far above what any producer may write. */
export const JOB_READ_BYTES: number = 4 * 1024 * 1024
/** What is kept of a job that is not read. */
const UNREAD_HEAD_BYTES = 1000

/**
 * Most levels of objects and arrays in an event. JSON.parse reads any depth, JSON.stringify overflows the stack at some
 * thousand: an event that can be read and not written again would stop its partition for good.
 */
const MAX_NESTING = 1000

/** What a producer may be called: `checkout@1.4.2`. */
export const PRODUCER_PATTERN: RegExp = /^[a-z0-9@._/-]{1,64}$/

/** The data of a job. */
export interface JobData {
  /** Format version. */
  readonly v: number
  /** Namespace. A worker of another namespace does not deliver it. */
  readonly ns: string
  /** The service that made the job, with its version; see `PRODUCER_PATTERN`. */
  readonly producer?: string
  readonly events: readonly RelayEvent[]
}

/** One position of a job that could be read, or why not. */
export type JobPosition =
  | { readonly kind: 'event'; readonly event: RelayEvent }
  | { readonly kind: 'malformed'; readonly fault: string; readonly raw: string }

/** What a job turned out to be. */
export type DecodedJob =
  | {
      readonly kind: 'events'
      readonly positions: readonly JobPosition[]
      /** Left out where the job names none. */
      readonly producer?: string
    }
  | {
      readonly kind: 'wrong_namespace'
      readonly namespace: string
      readonly positions: readonly JobPosition[]
    }
  /** Written by a newer version: held, not dropped. */
  | { readonly kind: 'newer_format'; readonly version: number }

/** The job's name for a number of events. */
export function jobName(count: number): string {
  return `events-${count}`
}

/** The name of a job that sends dead letters again: it is counted as replayed, not as accepted. */
export function replayJobName(count: number): string {
  return `replay-${count}`
}

/** True for the name of a job that sends dead letters again. */
export function isReplayJob(name: string): boolean {
  return name.startsWith('replay-') && jobCount(name) !== null
}

/** Number of positions that a job's name tells; null for a foreign name. */
export function jobCount(name: string): number | null {
  const match = /^(?:events|replay)-([1-9][0-9]{0,3})$/.exec(name)
  const count = match === null ? Number.NaN : Number(match[1])
  return count >= 1 && count <= JOB_MAX_EVENTS ? count : null
}

/**
 * Reads a job. `count` is what its name tells (1 for a foreign name): the result always has that many
 * positions, so that counts add up whatever the data holds.
 */
export function decodeJob(text: string, count: number, namespace: string): DecodedJob {
  const data = parseObject(text)
  if (data === null) return allMalformed(text, count, 'the data is not a JSON object')
  if (typeof data['v'] !== 'number') return allMalformed(text, count, 'v is not a number')
  if (data['v'] > JOB_FORMAT_VERSION) return { kind: 'newer_format', version: data['v'] }
  const events = data['events']
  if (!Array.isArray(events) || events.length !== count) {
    return allMalformed(text, count, `events is not an array of ${count}, as the name tells`)
  }
  const positions = readPositions(events, text)
  if (data['ns'] === namespace)
    return { kind: 'events', positions, ...producerOf(data['producer']) }
  return { kind: 'wrong_namespace', namespace: String(data['ns']), positions }
}

/**
 * A job that is not read: reading needs several times its bytes, and a worker that dies of it claims it again. What is left
 * of it is its beginning.
 */
export function unreadJob(data: Buffer, count: number): DecodedJob {
  const fault = `the job has ${data.length} bytes, more than the ${JOB_READ_BYTES} that are read`
  return allMalformed(data.toString('utf8', 0, UNREAD_HEAD_BYTES), count, fault)
}

/** A name that cannot be is as good as none: it says where events come from, and decides nothing. */
function producerOf(value: unknown): { readonly producer?: string } {
  return typeof value === 'string' && PRODUCER_PATTERN.test(value) ? { producer: value } : {}
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

function allMalformed(text: string, count: number, fault: string): DecodedJob {
  const positions = Array.from({ length: count }, (_, index): JobPosition => {
    return { kind: 'malformed', fault, raw: index === 0 ? text : '' }
  })
  return { kind: 'events', positions }
}

/** What cannot be written again leaves the text of the whole job, once. */
function readPositions(events: readonly unknown[], text: string): JobPosition[] {
  let jobText = text
  return events.map((value) => {
    if (!isDeeper(value, MAX_NESTING)) return readPosition(value)
    const fault = `it is nested more than ${MAX_NESTING} levels deep`
    const position: JobPosition = { kind: 'malformed', fault, raw: jobText }
    jobText = ''
    return position
  })
}

function readPosition(value: unknown): JobPosition {
  const fault = eventFault(value)
  if (fault === null) return { kind: 'event', event: value as RelayEvent }
  return { kind: 'malformed', fault, raw: JSON.stringify(value) }
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1))
}

/** What is wrong with the shape of an event, or null. Definitions are not checked here. */
export function eventFault(value: unknown): string | null {
  if (!isObject(value)) return 'the event is not an object'
  if (!isUlid(value['id'])) return 'id is not a ULID'
  if (typeof value['customerId'] !== 'string' || value['customerId'] === '') {
    return 'customerId is not a string with at least one character'
  }
  if (!Number.isSafeInteger(value['occurredAt']))
    return 'occurredAt is not a whole number of milliseconds'
  if (!EVENT_OPS.includes(value['op'] as EventOp)) return 'op is not one of the known operations'
  return operationFault(value['op'] as EventOp, value)
}

function operationFault(op: EventOp, value: JsonObject): string | null {
  switch (op) {
    case 'track':
      if (typeof value['name'] !== 'string' || value['name'].trim() === '')
        return 'name is not a string with text'
      return isObject(value['data']) ? null : 'data is not an object'
    case 'identify':
      return isObject(value['attributes']) ? null : 'attributes is not an object'
    case 'merge':
      return typeof value['primaryId'] === 'string' && value['primaryId'] !== ''
        ? null
        : 'primaryId is not a string'
    case 'add_device':
      return isDevice(value['device'])
        ? null
        : 'device needs a token and a platform (ios or android)'
    case 'delete_device':
      return isObject(value['device']) && typeof value['device']['token'] === 'string'
        ? null
        : 'device needs a token'
    case 'delete':
    case 'suppress':
    case 'unsuppress':
      return null
  }
}

function isDevice(value: unknown): boolean {
  if (!isObject(value) || typeof value['token'] !== 'string') return false
  return value['platform'] === 'ios' || value['platform'] === 'android'
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
