// Tells two tracking plans apart: whoever compares what workers have seen with a plan should know that it is theirs.

import * as crypto from 'node:crypto'

import { jsonSchemaOf } from './json-schema.ts'
import type { TrackingPlan } from './tracking-plan.ts'
import { attributesVersion, eventDefinitions } from './tracking-plan.ts'

/** Hexadecimal digits. */
const LENGTH = 12

/** The same for plans whose names, versions, schemas and critical fields are the same. */
export function planHash(plan: TrackingPlan): string {
  const events = eventDefinitions(plan)
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .map(({ name, version, schema, critical = [] }) => [
      name,
      version,
      jsonSchemaOf(schema),
      critical,
    ])
  const { schema, critical = [] } = plan.attributes
  const attributes = [attributesVersion(plan), jsonSchemaOf(schema), critical]
  return crypto.hash('sha256', JSON.stringify([events, attributes]), 'hex').slice(0, LENGTH)
}
