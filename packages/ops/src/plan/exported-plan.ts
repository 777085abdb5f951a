// The tracking plan as files: JSON Schema 2020-12 for each event and for the attributes of `identify`, the schema of the job
// format, and an index with what a schema cannot tell. For services in other languages, and for a comparison of two
// commits; both read the index first.

import * as crypto from 'node:crypto'

import {
  attributesVersion,
  eventDefinitions,
  exportedSchemaOf,
  JOB_SCHEMA,
} from '@retention-relay/events'
import type { Checks, EventDefinition, JsonSchema, TrackingPlan } from '@retention-relay/events'

import { exampleKeyOf, exampleOf } from './plan-fields.ts'

/** Version of the layout of the files. */
export const EXPORT_FORMAT = 1

/** Name of the index in its folder. */
export const INDEX_FILE = 'index.json'

/** What the index says of the attributes. */
export interface IndexedAttributes {
  /** Relative to the index. */
  readonly file: string
  readonly version: number
  readonly description: string
  readonly checks: Checks
  readonly critical: readonly string[]
  readonly personal: readonly string[]
}

/** What the index says of an event. */
export interface IndexedEvent extends IndexedAttributes {
  readonly name: string
  /** Why two calls are the same event. */
  readonly idempotencyKey: string | null
  /** The key of the example in the schema's file: what it is made of is code. Null where there is none. */
  readonly exampleKey: string | null
  readonly staleAfterMs: number | null
  readonly onStale: 'send' | 'dead-letter'
  readonly supersedes: readonly string[]
  /** What it becomes where its customer was never identified. */
  readonly identifyFirst: Checks
}

/** The index. */
export interface PlanIndex {
  readonly format: number
  readonly unknownEvents: Checks
  /** Names of events that are gone. An older export does not say. */
  readonly retired?: readonly string[]
  readonly events: readonly IndexedEvent[]
  readonly attributes: IndexedAttributes
  readonly job: { readonly file: string }
}

/** A plan as files. */
export interface ExportedPlan {
  readonly index: PlanIndex
  /** By the file's name in the index. */
  readonly schemas: Readonly<Record<string, JsonSchema>>
}

/** The files of a plan, in memory. */
export function exportPlan(plan: TrackingPlan): ExportedPlan {
  const definitions = eventDefinitions(plan)
  const { description, checks = 'strict', critical = [], personal = [] } = plan.attributes
  const version = attributesVersion(plan)
  const attributes = { file: 'identify.json', version, description, checks, critical, personal }
  const job = { file: 'job.json' }
  return {
    index: {
      format: EXPORT_FORMAT,
      unknownEvents: plan.unknownEvents,
      retired: plan.retired ?? [],
      events: definitions.map((definition) => indexed(definition)),
      attributes,
      job,
    },
    schemas: {
      ...Object.fromEntries(
        definitions.map(({ name, description: text, schema }) => {
          return [fileOf(name), titled(name, text, exportedSchemaOf(schema))]
        }),
      ),
      [attributes.file]: titled('identify', description, exportedSchemaOf(plan.attributes.schema)),
      [job.file]: JOB_SCHEMA,
    },
  }
}

function indexed(definition: EventDefinition): IndexedEvent {
  const { name, version, description, checks = 'strict', critical = [], personal = [] } = definition
  const { idempotencyKey, staleAfterMs = null, onStale = 'send', supersedes = [] } = definition
  const { identifyFirst = 'off' } = definition
  return {
    name,
    version,
    file: fileOf(name),
    description,
    checks,
    critical,
    personal,
    idempotencyKey: idempotencyKey?.why ?? null,
    exampleKey: exampleKeyOf(definition),
    staleAfterMs,
    onStale,
    supersedes,
    identifyFirst,
  }
}

/** Of a file's name, without its ending. File systems take 255 bytes. */
const LONGEST_FILE_NAME = 200

/** A name may hold what a file's name must not, and may be too long with that spelled out. */
function fileOf(name: string): string {
  const encoded = encodeURIComponent(name)
  if (encoded.length <= LONGEST_FILE_NAME) return `events/${encoded}.json`
  const hash = crypto.hash('sha256', name, 'hex').slice(0, 16)
  return `events/${encoded.slice(0, LONGEST_FILE_NAME)}-${hash}.json`
}

function titled(title: string, description: string, schema: JsonSchema): JsonSchema {
  const { $schema, ...rest } = schema
  return { $schema, title, description, examples: [exampleOf(schema)], ...rest }
}
