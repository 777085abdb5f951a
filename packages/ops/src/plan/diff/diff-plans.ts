// Compares two exported plans: of two commits in a service's CI, or of two modules. What it finds stands with the breaking
// changes first, and among these the fields that journeys branch on.

import { isDeepStrictEqual } from 'node:util'

import type { JsonSchema } from '@retention-relay/events'

import type { ExportedPlan, IndexedAttributes, IndexedEvent, PlanIndex } from '../exported-plan.ts'
import { ATTRIBUTES_NAME } from '../plan-entry.ts'
import { isMarked } from '../plan-fields.ts'
import { diffFields } from './diff-fields.ts'
import { breaking, harmless } from './plan-change.ts'
import type { FieldChange, PlanChange } from './plan-change.ts'
import { findRenames } from './renames.ts'

/** The differences from one plan to another. */
export function diffPlans(before: ExportedPlan, now: ExportedPlan): readonly PlanChange[] {
  const changes = [...diffEvents(before, now), ...diffAttributes(before, now)]
  const rank = ({ isBreaking, isCritical }: PlanChange): number => {
    return (isBreaking ? 0 : 2) + (isCritical ? 0 : 1)
  }
  return changes.toSorted((one, other) => rank(one) - rank(other))
}

function diffEvents(before: ExportedPlan, now: ExportedPlan): PlanChange[] {
  const [old, fresh] = [before, now].map(({ index }) => {
    return new Map(index.events.map((event) => [event.name, event]))
  }) as [Map<string, IndexedEvent>, Map<string, IndexedEvent>]
  const renames = renamedEvents(old, fresh)
  const added = [...fresh.keys()].filter(
    (name) => !old.has(name) && ![...renames.values()].includes(name),
  )
  return [
    ...[...old.values()].flatMap((event) => {
      const is = fresh.get(event.name) ?? fresh.get(renames.get(event.name) ?? '')
      const waiting = waitingOf(event.name, now.index)
      if (is === undefined) {
        return marked(event.name, [breaking('', 'event_removed', `removed${waiting}`)])
      }
      const renamed = breaking('', 'event_renamed', `renamed to ${is.name}${waiting}`)
      return marked(
        event.name,
        [
          ...(is.name === event.name ? [] : [renamed]),
          ...diffEvent([event, schemaOf(before, event)], [is, schemaOf(now, is)]),
        ],
        [event, is],
      )
    }),
    ...added.flatMap((name) => marked(name, [harmless('', 'event_added', 'added')])),
  ]
}

/** What becomes of stored events of a name that is gone. */
function waitingOf(name: string, { retired = [], unknownEvents }: PlanIndex): string {
  if (retired.includes(name)) return ': those that wait become dead letters, since it is retired'
  if (unknownEvents !== 'strict') return ''
  return ': those that wait hold their partitions until the plan names it in retired'
}

/** Two events with alike names may both be meant; only the same sentence, or the same words in the name, make a rename. */
function renamedEvents(
  old: ReadonlyMap<string, IndexedEvent>,
  fresh: ReadonlyMap<string, IndexedEvent>,
): ReadonlyMap<string, string> {
  const only = (one: ReadonlyMap<string, IndexedEvent>, other: ReadonlyMap<string, IndexedEvent>) =>
    [...one.values()]
      .filter(({ name }) => !other.has(name))
      .map((event) => ({ ...event, kind: '' }))
  return findRenames(only(old, fresh), only(fresh, old), 1)
}

function diffEvent(
  [before, old]: readonly [IndexedEvent, JsonSchema],
  [now, fresh]: readonly [IndexedEvent, JsonSchema],
): FieldChange[] {
  const changes = diffFields(old, fresh, '')
  return [
    ...changes,
    ...diffKeys(before, now),
    ...diffExampleKeys([before, old], [now, fresh]),
    ...diffDemands(before, now),
    ...diffVersions(before, now, changes.length > 0),
  ]
}

/** What a key is made of is code; that there is one can be compared. */
function diffKeys(before: IndexedEvent, now: IndexedEvent): FieldChange[] {
  const [had, has] = [before, now].map(({ idempotencyKey }) => idempotencyKey !== null)
  if (had && !has)
    return [breaking('', 'key', 'lost its key: each call is an event of its own now')]
  if (!had && has) return [breaking('', 'key', 'has a key now: a second call with it is dropped')]
  return []
}

/** And what it is for an example, where both plans have the same one. An older export has no key of it. */
function diffExampleKeys(
  [{ exampleKey: was }, { examples: old }]: readonly [IndexedEvent, JsonSchema],
  [{ idempotencyKey, exampleKey: is }, { examples: fresh }]: readonly [IndexedEvent, JsonSchema],
): FieldChange[] {
  if (typeof was !== 'string' || is === undefined || idempotencyKey === null) return []
  if (was === is || !isDeepStrictEqual(old?.[0], fresh?.[0])) return []
  return [breaking('', 'key', `its key of the same example was ${was} and is ${is ?? 'none'} now`)]
}

function diffDemands(before: IndexedEvent, now: IndexedEvent): FieldChange[] {
  if (now.identifyFirst !== 'strict' || before.identifyFirst === 'strict') return []
  return [breaking('', 'identify_first', 'its customer must be identified first now')]
}

function diffVersions(
  before: IndexedAttributes,
  now: IndexedAttributes,
  isChanged: boolean,
): FieldChange[] {
  if (now.version < before.version) {
    return [
      harmless('', 'version', `its version went back from ${before.version} to ${now.version}`),
    ]
  }
  if (!isChanged || now.version > before.version) return []
  const why = 'a worker that is deployed after the service holds only events of a newer version'
  const text = `its schema changed and its version is still ${now.version}: raise it (${why})`
  return [harmless('', 'version', text)]
}

function diffAttributes(before: ExportedPlan, now: ExportedPlan): PlanChange[] {
  const [old, fresh] = [before.index.attributes, now.index.attributes]
  const changes = diffFields(schemaOf(before, old), schemaOf(now, fresh), '')
  const versions = diffVersions(old, fresh, changes.length > 0)
  return marked(ATTRIBUTES_NAME, [...changes, ...versions], [old, fresh])
}

function schemaOf({ schemas }: ExportedPlan, { file }: IndexedAttributes): JsonSchema {
  return schemas[file] ?? {}
}

function marked(
  event: string,
  changes: readonly FieldChange[],
  entries: readonly IndexedAttributes[] = [],
): PlanChange[] {
  const critical = entries.flatMap((entry) => entry.critical)
  return changes.map((change) => {
    // What is in a group that is gone is gone with it.
    const isCritical =
      isMarked(change.path, critical) || critical.some((mark) => isMarked(mark, [change.path]))
    return { event, ...change, isCritical }
  })
}
