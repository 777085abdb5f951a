// What the relay has seen of a namespace's events: their fields, what has changed in them, and the shapes of customer
// ids. Nothing is written.

import { findDrift, planHash, secondShapes, shareOf, valuesOf } from '@retention-relay/events'
import type { DriftFinding, SeenProfile, SeenShape, TrackingPlan } from '@retention-relay/events'
import {
  namespaceKeys,
  readNamespace,
  readProfiles,
  readShapes,
  readWatchedPlan,
} from '@retention-relay/queue'

import type { OpsConnection } from './connection.ts'

/** One field of an event. */
export interface WatchedField {
  readonly field: string
  /** Types that its values had, the most frequent first. */
  readonly types: readonly string[]
  /** In which share of its events (of its objects) it was; 0 to 1. */
  readonly share: number
  /** Share of its values that are null, '', [] or {}; 0 to 1. */
  readonly emptyShare: number
  readonly firstAt: number
  readonly lastAt: number
}

/** One event name of one producer. */
export interface WatchedEvent {
  readonly event: string
  readonly producer: string
  /** Events that were looked at. */
  readonly seen: number
  readonly firstAt: number
  readonly lastAt: number
  /** Values that were not kept, since a bound was reached. */
  readonly over: number
  readonly fields: readonly WatchedField[]
}

/** What was seen, and what of it is a finding. */
export interface DriftReport {
  readonly namespace: string
  readonly takenAt: number
  /** The workers have another tracking plan than the one that was compared with. */
  readonly isOtherPlan: boolean
  readonly findings: readonly DriftFinding[]
  readonly events: readonly WatchedEvent[]
  /** Shapes of customer ids, the most frequent first. */
  readonly shapes: readonly (SeenShape & { readonly isSecond: boolean })[]
}

/** Reads it; null when no process has opened the namespace yet. `event`: only events of this name. */
export async function readDrift(
  { client }: OpsConnection,
  namespace: string,
  { plan, event }: { readonly plan: TrackingPlan; readonly event?: string },
): Promise<DriftReport | null> {
  if ((await readNamespace(client, namespace)) === null) return null
  const keys = namespaceKeys(namespace)
  const [all, shapes, watched] = await Promise.all([
    readProfiles(client, keys),
    readShapes(client, keys),
    readWatchedPlan(client, keys),
  ])
  const profiles = event === undefined ? all : all.filter(({ name }) => name === event)
  const takenAt = Date.now()
  const seconds = secondShapes(shapes, takenAt)
  return {
    namespace,
    takenAt,
    isOtherPlan: watched !== null && watched !== planHash(plan),
    findings: findDrift(profiles, plan, takenAt),
    events: profiles.map((profile) => watchedEvent(profile)).toSorted(byName),
    shapes: shapes.map((shape) => ({ ...shape, isSecond: seconds.includes(shape) })),
  }
}

function byName(one: WatchedEvent, other: WatchedEvent): number {
  return one.event.localeCompare(other.event) || other.lastAt - one.lastAt
}

function watchedEvent(profile: SeenProfile): WatchedEvent {
  const { name: event, producer, seen, firstAt, lastAt, over } = profile
  const paths = [...profile.fields.keys()].toSorted()
  const fields = paths.map((path) => watchedField(profile, path))
  return { event, producer, seen, firstAt, lastAt, over, fields }
}

function watchedField(profile: SeenProfile, path: string): WatchedField {
  const field = profile.fields.get(path)!
  const types = Object.entries(field.types).toSorted(([, one], [, two]) => two.count - one.count)
  return {
    field: path,
    types: types.map(([type]) => type),
    share: path.endsWith('[]') ? 1 : shareOf(profile, path),
    emptyShare: field.empty / valuesOf(field),
    firstAt: Math.min(...types.map(([, { first }]) => first.at)),
    lastAt: field.last.at,
  }
}
