// From a line to what the producer's `enqueue` takes. JSON has no dates, so `occurredAt` may be an ISO text; and since
// a mistyped field would be left out silently, fields that the operation does not have are faults. All else is the
// producer's business.

import { EVENT_OPS, RelayError } from '@retention-relay/events'
import type { EventOp } from '@retention-relay/events'

import { MAX_LINE_BYTES } from './lines.ts'
import type { Line } from './lines.ts'

/** An event as the line says it, unchecked but for its fields. */
export type SendInput = Readonly<Record<string, unknown>>

const COMMON = ['op', 'customerId', 'id', 'occurredAt', 'idempotencyKey']

const FIELDS: Record<EventOp, readonly string[]> = {
  track: ['name', 'data'],
  identify: ['attributes'],
  delete: [],
  suppress: [],
  unsuppress: [],
  merge: ['into'],
  add_device: ['device'],
  delete_device: ['token'],
}

/** A date, a time, and where it is: without a zone it would mean another moment on each machine. */
const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)$/

/** @throws RelayError `RELAY_EVENT_…`. */
export function parseLine({ text, fault }: Line): SendInput {
  if (fault === 'too_long') {
    throw new RelayError('RELAY_EVENT_TOO_LARGE', `The line is over ${MAX_LINE_BYTES} bytes.`)
  }
  if (fault === 'not_utf8') throw invalid('The line is not UTF-8.')
  const input = parseObject(text)
  checkFields(input)
  const { occurredAt } = input
  return typeof occurredAt === 'string' ? { ...input, occurredAt: readTime(occurredAt) } : input
}

function parseObject(text: string): SendInput {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    // The engine's own message repeats parts of the line.
    const at = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1]
    const where = at === undefined ? '' : `: look at character ${Number(at) + 1}`
    throw invalid(`The line is not JSON${where}.`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid('The line is not a JSON object.')
  }
  return value as SendInput
}

function checkFields(input: SendInput): void {
  const op = EVENT_OPS.find((known) => known === input['op'])
  if (op === undefined) return
  const fields = [...COMMON, ...FIELDS[op]]
  const foreign = Object.keys(input).find((field) => !fields.includes(field))
  if (foreign === undefined) return
  const name = JSON.stringify(foreign.slice(0, 64))
  throw invalid(`${op} has no field ${name}. It has: ${fields.join(', ')}.`)
}

function readTime(text: string): Date {
  const time = new Date(ISO_TIME.test(text) ? text : Number.NaN)
  if (!Number.isNaN(time.getTime())) return time
  throw new RelayError(
    'RELAY_EVENT_TIME',
    'occurredAt is not an ISO time with a zone. Write 2026-01-31T09:30:00Z, or milliseconds since 1970.',
    { details: { field: 'occurredAt' } },
  )
}

function invalid(message: string): RelayError {
  return new RelayError('RELAY_EVENT_INVALID', message)
}
