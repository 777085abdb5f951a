// What the relay has seen of one event name and producer over the last weeks, all workers together. The store gives it,
// the comparison reads it. Counts fade: each week halves them, so that what was normal long ago weighs little.

import type { JsonType } from './event-profile.ts'
import { parentPath } from './event-profile.ts'

/** A moment in the life of a profile. */
export interface SeenAt {
  /** Milliseconds since 1970. */
  readonly at: number
  /** Events of the profile that had been looked at before; never fades. */
  readonly after: number
}

/** One field. */
export interface SeenField {
  readonly path: string
  /** Values by type, and when the first one came. */
  readonly types: Readonly<
    Partial<Record<JsonType, { readonly count: number; readonly first: SeenAt }>>
  >
  /** Values that are null, '', [] or {}. */
  readonly empty: number
  readonly last: SeenAt
  /** Of these, values in the newest events. */
  readonly recent: { readonly values: number; readonly empty: number }
}

/** One event name and producer. */
export interface SeenProfile {
  readonly name: string
  readonly producer: string
  /** Events that were looked at; fades. */
  readonly events: number
  /** The same; never fades. */
  readonly seen: number
  readonly firstAt: number
  readonly lastAt: number
  /** When the newest events begin that a field's `recent` speaks of. */
  readonly recentAt: number
  /** Values that were not kept, since a bound was reached. */
  readonly over: number
  readonly fields: ReadonlyMap<string, SeenField>
}

/** Values of a field. */
export function valuesOf(field: SeenField): number {
  return Object.values(field.types).reduce((sum, { count }) => sum + count, 0)
}

/** When a field was seen for the first time. */
export function firstOf(field: SeenField): SeenAt {
  const moments = Object.values(field.types).map(({ first }) => first)
  return moments.reduce((one, other) => (other.after < one.after ? other : one))
}

/** How often the field's place was there: its object, or the event itself. */
export function placesOf(profile: SeenProfile, path: string): number {
  const parent = parentPath(path)
  if (parent === '') return profile.events
  const types = profile.fields.get(parent)?.types
  return (path.endsWith('[]') ? types?.array?.count : types?.object?.count) ?? 0
}

/** In which share of its places a field was; 0 to 1. */
export function shareOf(profile: SeenProfile, path: string): number {
  const field = profile.fields.get(path)
  const places = placesOf(profile, path)
  return field === undefined || places === 0 ? 0 : Math.min(1, valuesOf(field) / places)
}

/** How often, in the newest events, the object or list that a field stands in was there with something in it. */
export function recentPlaces(profile: SeenProfile, path: string): number {
  const parent = parentPath(path)
  const { values, empty } = profile.fields.get(parent)?.recent ?? { values: 0, empty: 0 }
  return values - empty
}

/** How many newest events there are, as the field tells that is in most of them. */
export function recentEvents({ fields }: SeenProfile): number {
  const ofEvents = [...fields.values()].filter(({ path }) => parentPath(path) === '')
  return Math.max(0, ...ofEvents.map(({ recent }) => recent.values))
}

/** The part of a producer before its version: `checkout` of `checkout@1.4.2`. */
export function serviceOf(producer: string): string {
  const at = producer.lastIndexOf('@')
  return at <= 0 ? producer : producer.slice(0, at)
}
