// The tracking plan: every event the shop may send, each with its definition, and the attributes of `identify`. The
// producer checks an event against it before anything is stored, the worker before it is sent; its types are the types
// of `track`. A shop takes the shipped plan, adds to it and overrides what is different.

import type * as z from 'zod'

import { RelayError } from './errors.ts'
import type { AttributesDefinition, Checks, EventDefinition } from './event-definition.ts'
import { planFaults } from './plan-faults.ts'

/** All events and the identify attributes of a shop. */
export interface TrackingPlan<
  Events extends object = object,
  Attributes extends AttributesDefinition = AttributesDefinition,
> {
  readonly events: Events
  readonly attributes: Attributes
  /** What becomes of an event whose name is not in the plan. Default `strict`: refused. */
  readonly unknownEvents: Checks
  /**
   * Names that the plan has no more. Events of these names are refused, and those that wait become dead letters (`invalid`)
   * instead of being held for a newer plan.
   */
  readonly retired?: readonly string[]
}

type Definitions = readonly { readonly name: string }[]

type Named<Own extends Definitions> = {
  readonly [Entry in Own[number] as Entry['name']]: Entry
}

/** The names of a list that a compiler can read. */
type Listed<Names extends readonly string[]> = string extends Names[number] ? never : Names[number]

/** The events of a plan without those that are retired, with others put over them. */
type Over<Events extends object, Own extends Definitions, Retired extends readonly string[]> = {
  readonly [
    Name in Exclude<keyof Events, Listed<Retired>> | keyof Named<Own>
  ]: Name extends keyof Named<Own>
    ? Named<Own>[Name]
    : Name extends keyof Events
      ? Events[Name]
      : never
}

/** What both forms of `defineTrackingPlan` take. */
interface PlanParts<
  Events extends Definitions,
  Retired extends readonly string[] = readonly string[],
> {
  /** One for each name. One of a name that the extended plan has takes its place. */
  readonly events: Events
  /** What becomes of an event whose name is not in the plan. Default: as in the extended plan, or `strict`. */
  readonly unknownEvents?: Checks
  /**
   * Names that are dropped or renamed: events of the extended plan that the new one has no more, and any that waits still.
   * What the extended plan has retired is retired too. Default: none.
   */
  readonly retired?: Retired
}

/**
 * Puts definitions together to a plan.
 *
 * @throws RelayError `RELAY_CONFIG_INVALID` that lists every fault.
 */
export function defineTrackingPlan<
  const Events extends Definitions,
  Attributes extends AttributesDefinition,
>(
  parts: PlanParts<Events> & { readonly attributes: Attributes },
): TrackingPlan<Named<Events>, Attributes>
export function defineTrackingPlan<
  const Events extends Definitions,
  Base extends TrackingPlan,
  const Retired extends readonly string[] = [],
>(
  parts: PlanParts<Events, Retired> & { readonly extends: Base; readonly attributes?: undefined },
): TrackingPlan<Over<Base['events'], Events, Retired>, Base['attributes']>
export function defineTrackingPlan<
  const Events extends Definitions,
  Base extends TrackingPlan,
  Attributes extends AttributesDefinition,
  const Retired extends readonly string[] = [],
>(
  parts: PlanParts<Events, Retired> & { readonly extends: Base; readonly attributes: Attributes },
): TrackingPlan<Over<Base['events'], Events, Retired>, Attributes>
export function defineTrackingPlan(
  parts: PlanParts<Definitions> & {
    readonly extends?: TrackingPlan
    readonly attributes?: AttributesDefinition | undefined
  },
): TrackingPlan {
  const base = parts.extends
  const own = parts.events as readonly EventDefinition[]
  const retired = retiredNames(parts, base)
  const gone: readonly unknown[] = Array.isArray(retired) ? retired : []
  const kept = Object.entries(base?.events ?? {}).filter(([name]) => !gone.includes(name))
  const plan = {
    events: Object.fromEntries([...kept, ...own.map((event) => [event.name, event] as const)]),
    attributes: (parts.attributes ?? base?.attributes) as AttributesDefinition,
    unknownEvents: parts.unknownEvents ?? base?.unknownEvents ?? 'strict',
    retired,
  }
  const faults = [...repeated(own), ...planFaults(plan)]
  if (faults.length > 0) {
    const message = `The tracking plan has faults. ${faults.join(' ')}`
    throw new RelayError('RELAY_CONFIG_INVALID', message, { details: { faults } })
  }
  return plan
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
export type AttributesInput<Plan extends TrackingPlan> = z.input<Plan['attributes']['schema']>

/** The definition of a name, or undefined. */
export function findDefinition(plan: TrackingPlan, name: string): EventDefinition | undefined {
  if (!Object.hasOwn(plan.events, name)) return undefined
  return (plan.events as Record<string, EventDefinition>)[name]
}

/** Whether the plan had events of this name once. */
export function isRetired({ retired = [] }: TrackingPlan, name: string): boolean {
  return retired.includes(name)
}

/** Version of the attributes' definition. */
export function attributesVersion({ attributes }: TrackingPlan): number {
  return attributes.version ?? 1
}

/** All definitions, in the order of the plan. */
export function eventDefinitions(plan: TrackingPlan): readonly EventDefinition[] {
  return Object.values(plan.events)
}

/** What is no list is left for `planFaults` to name. */
function retiredNames(
  { events, retired = [] }: PlanParts<Definitions>,
  base: TrackingPlan | undefined,
): readonly string[] {
  if (!Array.isArray(retired)) return retired
  const before = base?.retired ?? []
  const inherited = before.filter((name) => !events.some((event) => event.name === name))
  return [...inherited, ...retired]
}

function repeated(definitions: readonly EventDefinition[]): string[] {
  const names = definitions.map(({ name }) => name)
  const twice = new Set(names.filter((name, index) => names.indexOf(name) !== index))
  return [...twice].map((name) => `${name} stands in it twice: leave one out.`)
}
