// What the tracking plan says of one event, or of the attributes of `identify`, in words and fields: for people, for the
// command and for docs/events.md.

import { attributesVersion, eventDefinitions, jsonSchemaOf } from '@retention-relay/events'
import type { Checks, EventDefinition, TrackingPlan } from '@retention-relay/events'

import { exampleKeyOf, exampleOf, planFields } from './plan-fields.ts'
import type { PlanField } from './plan-fields.ts'

/** The name that the attributes go by. */
export const ATTRIBUTES_NAME = 'identify'

/** One entry of the plan. */
export interface PlanEntry {
  /** Of the event; `identify` for the attributes. */
  readonly name: string
  readonly version: number
  /** When a service sends it. */
  readonly description: string
  readonly checks: Checks
  /** Why two calls are the same event; null where every call is an event of its own. */
  readonly idempotencyKey: string | null
  /** The key of the example; null where there is none. */
  readonly exampleKey: string | null
  /** Age in milliseconds from which on it is of no use; null where it never is. */
  readonly staleAfterMs: number | null
  readonly onStale: 'send' | 'dead-letter'
  readonly supersedes: readonly string[]
  readonly supersededBy: readonly string[]
  /** What it becomes where its customer was never identified. */
  readonly identifyFirst: Checks
  readonly fields: readonly PlanField[]
  readonly example: unknown
}

/** Every event in the order of the plan, and the attributes last. */
export function planEntries(plan: TrackingPlan): readonly PlanEntry[] {
  const events = eventDefinitions(plan)
  const attributes = { ...plan.attributes, name: ATTRIBUTES_NAME, version: attributesVersion(plan) }
  return [...events.map((definition) => entryOf(definition, events)), entryOf(attributes, [])]
}

function entryOf(
  definition: Pick<EventDefinition, 'name' | 'version' | 'description' | 'schema'> &
    Partial<EventDefinition>,
  events: readonly EventDefinition[],
): PlanEntry {
  const { name, description, schema, checks = 'strict', version } = definition
  const { idempotencyKey, staleAfterMs = null, onStale = 'send', supersedes = [] } = definition
  const { identifyFirst = 'off' } = definition
  const superseders = events.filter((event) => event.supersedes?.includes(name))
  return {
    name,
    version,
    description,
    checks,
    idempotencyKey: idempotencyKey?.why ?? null,
    exampleKey: exampleKeyOf(definition),
    staleAfterMs,
    onStale,
    supersedes,
    supersededBy: superseders.map((event) => event.name),
    identifyFirst,
    fields: planFields(definition),
    example: exampleOf(jsonSchemaOf(schema)),
  }
}
