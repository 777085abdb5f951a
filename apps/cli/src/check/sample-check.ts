// Samples of events, one JSON object per line as `relay send` takes them, against a tracking plan: for each fault the line,
// the path and what is expected there, never the value. What a definition lets pass with a warning is a fault here: a
// sample is looked at by the people who can mend it.

import { RelayError } from '@retention-relay/events'
import type { Checks, DataFault, EventDefinition, TrackingPlan } from '@retention-relay/events'
import { entryCheck } from '@retention-relay/producer'
import type { CustomerIdKind } from '@retention-relay/producer'

import type { Line } from '../send/lines.ts'
import { parseLine } from '../send/parse-line.ts'

/** One fault of a line. */
export interface SampleFault {
  /** Number of the line in the input, 1-based. */
  readonly line: number
  /** Name of the event, or its kind; null where the line does not tell. */
  readonly event: string | null
  /** For instance `data.items[0].quantity`; null where the line as a whole is meant. */
  readonly path: string | null
  /** Of the relay's error table. */
  readonly code: string
  readonly message: string
}

/** A line that was looked at. */
export interface CheckedSample {
  readonly faults: readonly SampleFault[]
}

/** Checks line by line, as a producer with these `allowCustomerIds` would. */
export async function* checkSamples(
  lines: AsyncIterable<Line>,
  plan: TrackingPlan,
  allowCustomerIds: readonly CustomerIdKind[],
): AsyncGenerator<CheckedSample> {
  const check = entryCheck(withoutWarnings(plan), allowCustomerIds)
  for await (const line of lines) yield { faults: faultsOf(line, check) }
}

function withoutWarnings(plan: TrackingPlan): TrackingPlan {
  const strict = (checks: Checks): Checks => (checks === 'warn' ? 'strict' : checks)
  const events = Object.entries(plan.events as Record<string, EventDefinition>)
  return {
    ...plan,
    events: Object.fromEntries(
      events.map(([name, event]) => [name, { ...event, checks: strict(event.checks ?? 'strict') }]),
    ),
    attributes: { ...plan.attributes, checks: strict(plan.attributes.checks ?? 'strict') },
    unknownEvents: strict(plan.unknownEvents),
  }
}

function faultsOf(line: Line, check: (entry: unknown) => void): readonly SampleFault[] {
  let event: string | null = null
  try {
    const input = parseLine(line)
    event = labelOf(input)
    check(input)
    return []
  } catch (error) {
    if (!(error instanceof RelayError)) throw error
    return describe(error, { line: line.number, event })
  }
}

function labelOf({ op, name }: Readonly<Record<string, unknown>>): string | null {
  const label = op === 'track' ? name : op
  return typeof label === 'string' ? label : null
}

function describe(
  { code, message, details }: RelayError,
  where: Pick<SampleFault, 'line' | 'event'>,
): SampleFault[] {
  const { faults, field } = details as { faults?: readonly DataFault[]; field?: string }
  if (faults !== undefined) {
    return faults.map(({ path, expected, got }) => {
      return { ...where, path, code, message: `${expected} (it is ${got})` }
    })
  }
  return [{ ...where, path: field ?? FIELDS[code] ?? null, code, message }]
}

/** Codes that speak of one field. */
const FIELDS: Readonly<Record<string, string>> = {
  RELAY_EVENT_CUSTOMER_ID: 'customerId',
  RELAY_EVENT_ID: 'id',
  RELAY_EVENT_TIME: 'occurredAt',
  RELAY_EVENT_UNKNOWN_NAME: 'name',
}
