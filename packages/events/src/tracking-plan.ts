// The tracking plan: every event the shop may send, each with its schema and its idempotency key. The producer
// checks an event against it before anything is stored; its types are the types of `track`.

import type * as z from 'zod'

/** Which field makes two calls the same business event. */
export interface IdempotencyKey<Data> {
  /** The key of this data; undefined where the data has none. */
  readonly of: (data: Data) => string | undefined
  /** Why this key, for the documentation. */
  readonly why: string
}

/** What an event of one name must look like. */
export interface EventDefinition<
  Name extends string = string,
  Schema extends z.ZodType<Record<string, unknown>> = z.ZodType<Record<string, unknown>>,
> {
  readonly name: Name
  /** When a service emits it. */
  readonly description: string
  /** Raised when the meaning or the schema changes. 1 or more. */
  readonly version: number
  readonly schema: Schema
  /** Without one, every call is an event of its own. */
  readonly idempotencyKey?: IdempotencyKey<z.output<Schema>>
  /** Age in milliseconds from which on the event is of no use. Default: it never is. */
  readonly staleAfterMs?: number
  /** What becomes of it then, if it was not sent before: sent with its original time, or a dead letter. Default `send`. */
  readonly onStale?: 'send' | 'dead-letter'
  /**
   * Names of events that this one makes senseless: unsent ones of its checkout, of its cart, and older ones of its
   * customer. They must have `staleAfterMs` and `onStale: 'dead-letter'`.
   */
  readonly supersedes?: readonly string[]
}

/** Declares one event. */
export function defineEvent<
  const Name extends string,
  Schema extends z.ZodType<Record<string, unknown>>,
>(definition: EventDefinition<Name, Schema>): EventDefinition<Name, Schema> {
  return definition
}

/** All events and the identify attributes of a shop. */
export interface TrackingPlan<
  Events extends object = object,
  Attributes extends z.ZodType<Record<string, unknown>> = z.ZodType<Record<string, unknown>>,
> {
  readonly events: Events
  readonly attributes: Attributes
}

type Named<Definitions extends readonly { readonly name: string }[]> = {
  readonly [Entry in Definitions[number] as Entry['name']]: Entry
}

/** Puts definitions together to a plan. */
export function defineTrackingPlan<
  const Definitions extends readonly { readonly name: string }[],
  Attributes extends z.ZodType<Record<string, unknown>>,
>(parts: {
  readonly events: Definitions
  readonly attributes: Attributes
}): TrackingPlan<Named<Definitions>, Attributes> {
  const events = Object.fromEntries(parts.events.map((definition) => [definition.name, definition]))
  return { events: events as unknown as Named<Definitions>, attributes: parts.attributes }
}

/** Names of a plan's events. */
export type EventName<Plan extends TrackingPlan> = keyof Plan['events'] & string

/** What `track` takes: the name narrows the type of the data. */
export type TrackInput<Plan extends TrackingPlan> = {
  [Name in EventName<Plan>]: {
    readonly name: Name
    readonly data: Plan['events'][Name] extends { readonly schema: infer Schema extends z.ZodType }
      ? z.input<Schema>
      : never
  }
}[EventName<Plan>]

/** What `identify` takes. */
export type AttributesInput<Plan extends TrackingPlan> = z.input<Plan['attributes']>

/** The definition of a name, or undefined. */
export function findDefinition(plan: TrackingPlan, name: string): EventDefinition | undefined {
  if (!Object.hasOwn(plan.events, name)) return undefined
  return (plan.events as Record<string, EventDefinition>)[name]
}
