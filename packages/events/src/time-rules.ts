// Time and cause (design § 10): which events an order makes senseless, and which are too old to be of use. An event that
// supersedes others leaves tombstones, one per scope: its checkout, its cart, its customer. An unsent event that
// happened before a tombstone of one of its scopes is not sent; nor is one of the same checkout or cart that happened at the
// same time, since many shops tell times in whole seconds. Of the customer's others it may be one that was begun after it.

import * as crypto from 'node:crypto'

import type { JsonObject, RelayEvent, TrackEvent } from './event.ts'
import type { EventDefinition } from './event-definition.ts'
import type { TrackingPlan } from './tracking-plan.ts'
import { eventDefinitions, findDefinition } from './tracking-plan.ts'

/** Kept longer than the superseded events may be sent, in milliseconds. */
const TOMBSTONE_REST_MS = 24 * 60 * 60 * 1000

/** Tombstones of one superseding event. */
export interface Tombstones {
  /** Id of the superseding event. */
  readonly id: string
  /** Where they stand: a hash of each scope, 32 hexadecimal digits. */
  readonly marks: readonly string[]
  /** What happened before this is superseded. Milliseconds since 1970. */
  readonly occurredAt: number
  /** How long they are kept, in milliseconds. */
  readonly ttlMs: number
}

/** Where a tombstone of an event would stand. */
export interface Place {
  /** As of `Tombstones`. */
  readonly mark: string
  /** Of its checkout or cart: what happened to those is about them alone. */
  readonly isOwn: boolean
}

/** The time rules of a plan, in one namespace. */
export interface TimeRules {
  /** The tombstones that must stand before the event is stored; null when it supersedes nothing. */
  readonly tombstonesOf: (event: TrackEvent) => Tombstones | null
  /** Where tombstones of the event would stand; empty when nothing supersedes it. */
  readonly placesOf: (event: RelayEvent) => readonly Place[]
  /** Whether the event is too old to be sent. `nowMs` since 1970. */
  readonly isExpired: (event: RelayEvent, nowMs: number) => boolean
}

/** Makes the rules of a plan without faults. */
export function timeRules(plan: TrackingPlan, namespace: string): TimeRules {
  const definitions = eventDefinitions(plan)
  const superseders = supersedersOf(definitions)
  const ttls = new Map(
    definitions.map((definition) => [definition.name, tombstoneTtlMs(definition, plan)]),
  )
  const markOf = (superseder: string, scope: string): string =>
    crypto.hash('sha256', `${namespace}\0${superseder}\0${scope}`, 'hex').slice(0, 32)
  const placesOf = (event: RelayEvent): Place[] => {
    const names = event.op === 'track' ? superseders.get(event.name) : undefined
    if (event.op !== 'track' || names === undefined) return []
    const scopes = scopesOf(event.customerId, event.data)
    return names.flatMap((name) =>
      scopes.map(({ scope, isOwn }) => ({ mark: markOf(name, scope), isOwn })),
    )
  }
  return {
    tombstonesOf: ({ name, id, customerId, data, occurredAt }) => {
      const ttlMs = ttls.get(name) ?? 0
      if (ttlMs === 0) return null
      const marks = scopesOf(customerId, data).map(({ scope }) => markOf(name, scope))
      return { id, marks, occurredAt, ttlMs }
    },
    placesOf,
    isExpired: (event, nowMs) => {
      if (event.op !== 'track') return false
      const definition = findDefinition(plan, event.name)
      if (definition?.onStale !== 'dead-letter' || definition.staleAfterMs === undefined)
        return false
      return nowMs - event.occurredAt > definition.staleAfterMs
    },
  }
}

/**
 * Time of the newest tombstone in these places of an event that supersedes it; null when none does. `stones`: times by mark.
 */
export function supersededAt(
  event: Pick<RelayEvent, 'occurredAt'>,
  places: readonly Place[],
  stones: ReadonlyMap<string, number>,
): number | null {
  const times = places.flatMap(({ mark, isOwn }) => {
    const closedAt = stones.get(mark) ?? 0
    return closedAt > event.occurredAt || (isOwn && closedAt === event.occurredAt) ? [closedAt] : []
  })
  return times.length === 0 ? null : Math.max(...times)
}

interface Scope extends Pick<Place, 'isOwn'> {
  readonly scope: string
}

/** The order may carry another customer id than the checkout (guest, then account): hence its own ids too. */
function scopesOf(customerId: string, data: JsonObject): Scope[] {
  const { checkout_id: checkoutId, cart_id: cartId } = data
  return [
    { scope: `customer:${customerId}`, isOwn: false },
    ...(isFilled(checkoutId) ? [{ scope: `checkout:${checkoutId}`, isOwn: true }] : []),
    ...(isFilled(cartId) ? [{ scope: `cart:${cartId}`, isOwn: true }] : []),
  ]
}

/** An empty id, which unchecked data may hold, would be one scope of many carts. */
function isFilled(id: unknown): id is string {
  return typeof id === 'string' && id !== ''
}

/** Superseding names by superseded name. */
function supersedersOf(definitions: readonly EventDefinition[]): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const { name, supersedes = [] } of definitions) {
    for (const superseded of supersedes) {
      found.set(superseded, [...(found.get(superseded) ?? []), name])
    }
  }
  return found
}

/** 0 when the event supersedes nothing, or only what is retired. */
function tombstoneTtlMs({ supersedes = [] }: EventDefinition, plan: TrackingPlan): number {
  const ages = supersedes.flatMap((name) => findDefinition(plan, name)?.staleAfterMs ?? [])
  return ages.length === 0 ? 0 : Math.max(...ages) + TOMBSTONE_REST_MS
}
