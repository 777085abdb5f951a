// What an event of one name, or the attributes of `identify`, must look like, and what the relay has to know beside the
// schema: when two calls are the same event, how long it is of use, what it makes senseless, which fields are personal
// and which ones journeys branch on. One file per event in `definitions` shows it in use.

import type * as z from 'zod'

/** Any schema of an object. */
export type ObjectSchema = z.ZodType<Record<string, unknown>>

/**
 * What a fault of the data does. `strict`: refused, at `track` and at the worker. `warn`: delivered, counted and logged.
 * `off`: delivered.
 */
export type Checks = 'strict' | 'warn' | 'off'

/** Which field makes two calls the same business event. */
export interface IdempotencyKey<Data> {
  /** The key of this data; undefined where the data has none. */
  readonly of: (data: Data) => string | undefined
  /** Why this key, for the documentation. */
  readonly why: string
}

/** Path of a field: `value`, `address.country`, `items[].sku`. */
export type FieldPath<Data> = string extends keyof Data
  ? string
  : {
      [Key in keyof Data & string]: Key | `${Key}${Below<NonNullable<Data[Key]>>}`
    }[keyof Data & string]

type Below<Value> = Value extends readonly (infer Item)[]
  ? '[]' | `[]${Below<NonNullable<Item>>}`
  : Value extends object
    ? `.${FieldPath<Value>}`
    : never

/** What definitions of events and of attributes have in common. */
interface Definition<Schema extends ObjectSchema> {
  /** When a service sends it. */
  readonly description: string
  /**
   * Each field has a description, an example, and a unit where it has one. It must be one that JSON Schema can tell, and
   * must not change the data (z.coerce, a default, a transform, .trim()): the worker sends what was stored.
   */
  readonly schema: Schema
  /** Fields that are personal data: masked wherever people look at events. */
  readonly personal?: readonly FieldPath<z.output<Schema>>[]
  /** Fields that segments and journeys branch on: a change of one alerts first. */
  readonly critical?: readonly FieldPath<z.output<Schema>>[]
  /** Default `strict`. */
  readonly checks?: Checks
  /**
   * Brings the data of version N to version N + 1, under the key N. Data of an older version without one is checked as it
   * is. What one gives must be a plain object, at once: an event whose upcaster gives anything else is invalid.
   */
  readonly upcasters?: Readonly<
    Record<number, (data: Record<string, unknown>) => Record<string, unknown>>
  >
}

/** What an event of one name must look like. */
export interface EventDefinition<
  Name extends string = string,
  Schema extends ObjectSchema = ObjectSchema,
> extends Definition<Schema> {
  readonly name: Name
  /** Raised when the meaning or the schema changes. 1 or more. */
  readonly version: number
  /** Without one, every call is an event of its own. */
  readonly idempotencyKey?: IdempotencyKey<z.output<Schema>>
  /** Age in milliseconds from which on the event is of no use. Default: it never is. */
  readonly staleAfterMs?: number
  /** What becomes of it then, if it was not sent before: sent with its original time, or a dead letter. Default `send`. */
  readonly onStale?: 'send' | 'dead-letter'
  /**
   * What the event becomes where its customer was never identified here. `strict`: a dead letter (`invalid`), to be replayed
   * after an identify. `warn`: delivered, counted and logged. `off`: delivered. Default `off`.
   */
  readonly identifyFirst?: Checks
  /**
   * Names of events that this one makes senseless: unsent ones of its checkout, of its cart, and older ones of its
   * customer. They must have `staleAfterMs` and `onStale: 'dead-letter'`. One that the plan has retired is ignored.
   */
  readonly supersedes?: readonly string[]
}

/** What the attributes of `identify` must look like. */
export interface AttributesDefinition<
  Schema extends ObjectSchema = ObjectSchema,
> extends Definition<Schema> {
  /** Raised when an attribute is added or changes its meaning: older workers wait then. 1 or more. Default 1. */
  readonly version?: number
}

/** Declares one event. */
export function defineEvent<const Name extends string, Schema extends ObjectSchema>(
  definition: EventDefinition<Name, Schema>,
): EventDefinition<Name, Schema> {
  return definition
}

/** Declares the attributes of `identify`. */
export function defineAttributes<Schema extends ObjectSchema>(
  definition: AttributesDefinition<Schema>,
): AttributesDefinition<Schema> {
  return definition
}
