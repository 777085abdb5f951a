// The data of a job as JSON Schema 2020-12, for services in other languages that add jobs themselves. docs/job-format.md
// shows it, and `relay plan export` writes it. It tells the shape alone: what `data` and `attributes` hold is told by the
// schemas of the tracking plan. It is a little stricter than the worker, which has to take what was stored long ago.

import { EVENT_OPS, isProfileOperation } from './event.ts'
import { JOB_FORMAT_VERSION, JOB_MAX_EVENTS } from './job-format.ts'
import type { JsonSchema } from './json-schema.ts'

const ULID_PATTERN = '^[0-7][0-9A-HJKMNP-TV-Z]{25}$'
const WITH_BODY = ['merge', 'add_device', 'delete_device']

const object: JsonSchema = { type: 'object' }
const filled: JsonSchema = { type: 'string', minLength: 1 }

/** An event of one kind: the fields that all have, and its own. */
function eventSchema(
  op: JsonSchema,
  own: Readonly<Record<string, JsonSchema>>,
  optional: Readonly<Record<string, JsonSchema>> = {},
): JsonSchema {
  const shared = {
    id: { $ref: '#/$defs/id' },
    customerId: { $ref: '#/$defs/customerId' },
    occurredAt: { $ref: '#/$defs/occurredAt' },
    op,
  }
  const properties = { ...shared, ...own, ...optional }
  return { type: 'object', required: [...Object.keys(shared), ...Object.keys(own)], properties }
}

const device: JsonSchema = {
  type: 'object',
  required: ['token', 'platform'],
  properties: {
    token: filled,
    platform: { enum: ['ios', 'android'] },
    last_used: { type: 'integer', description: 'Unix seconds.' },
    attributes: object,
  },
}

const version: JsonSchema = {
  type: 'integer',
  minimum: 1,
  description: 'Version of the definition that the data was written by.',
}

const primaryId: JsonSchema = {
  ...filled,
  description:
    'The customer that remains. The job is of the partition of customerId, which is gone afterwards.',
}

const wholeCustomer = EVENT_OPS.filter((op) => isProfileOperation(op) && !WITH_BODY.includes(op))

const kinds: Readonly<Record<string, JsonSchema>> = {
  track: eventSchema(
    { const: 'track' },
    { name: { type: 'string', pattern: '\\S' }, data: object },
    { version },
  ),
  identify: eventSchema({ const: 'identify' }, { attributes: object }, { version }),
  profile: eventSchema({ enum: wholeCustomer }, {}),
  merge: eventSchema({ const: 'merge' }, { primaryId }),
  addDevice: eventSchema({ const: 'add_device' }, { device }),
  deleteDevice: eventSchema(
    { const: 'delete_device' },
    { device: { type: 'object', required: ['token'], properties: { token: filled } } },
  ),
}

/** The schema. */
export const JOB_SCHEMA: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Data of a relay job',
  type: 'object',
  required: ['v', 'ns', 'events'],
  properties: {
    v: { type: 'integer', const: JOB_FORMAT_VERSION },
    ns: { type: 'string', pattern: '^[a-z0-9-]{1,32}$' },
    producer: { type: 'string', pattern: '^[a-z0-9@._/-]{1,64}$' },
    events: {
      type: 'array',
      minItems: 1,
      maxItems: JOB_MAX_EVENTS,
      items: { anyOf: Object.keys(kinds).map((kind) => ({ $ref: `#/$defs/${kind}` })) },
    },
  },
  $defs: {
    id: { type: 'string', pattern: ULID_PATTERN },
    customerId: filled,
    occurredAt: {
      type: 'integer',
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'Milliseconds since 1970.',
    },
    ...kinds,
  },
}
