// docs/job-format.md is what services in other languages are written from: its schema, its example and its vectors are
// held to the code.

import { describe, expect, it } from 'vitest'
import * as z from 'zod'

import {
  AHEAD_MS,
  CLOCK_MARGIN_MS,
  decodeJob,
  deriveId,
  EARLIEST_MS,
  eventFault,
  JOB_SCHEMA,
  LIMITS,
  partitionOf,
  retentionPlan,
  timeRules,
} from '../src/index.ts'
import type { JobData, TrackEvent } from '../src/index.ts'
import { readDocument, jsonBlocks, tableBelow } from './document.ts'
import { EVENTS } from './events.ts'

const text = readDocument('job-format.md')
const [steps, example, jsonSchema] = jsonBlocks(text)
const schema = z.fromJSONSchema(jsonSchema as Parameters<typeof z.fromJSONSchema>[0])
const job = (events: unknown[]): unknown => ({ v: 1, ns: 'production', events })

const faulty: unknown[] = [
  { ...EVENTS.track, id: 'o-981' },
  { ...EVENTS.track, customerId: '' },
  { ...EVENTS.track, customerId: 42 },
  { ...EVENTS.track, occurredAt: '2026-11-24' },
  { ...EVENTS.track, op: 'screen' },
  { ...EVENTS.track, name: ' ' },
  { ...EVENTS.track, data: [] },
  { ...EVENTS.identify, attributes: undefined },
  { ...EVENTS.merge, primaryId: '' },
  { ...EVENTS.add_device, device: { token: 't-1', platform: 'web' } },
  { ...EVENTS.delete_device, device: {} },
]

it('the document names the bounds of a time', () => {
  const minute = 60_000
  const prose = text.replaceAll(/\s+/g, ' ')
  expect(prose).toContain(`more than ${AHEAD_MS / minute} minutes ahead of its clock`)
  const deadMinutes = (AHEAD_MS + CLOCK_MARGIN_MS) / minute
  expect(prose).toContain(`more than ${deadMinutes} minutes ahead, or before 2015`)
  expect(EARLIEST_MS).toBe(Date.UTC(2015, 0, 1))
})

it('the document names the limits', () => {
  const { customerIdBytes, eventNameBytes, attributeNameBytes } = LIMITS
  const { attributeValueBytes, attributesPerIdentify, operationBytes } = LIMITS
  expect(text.replaceAll(/\s+/g, ' ').replaceAll(/(?<=\d),(?=\d{3})/g, '')).toContain(
    `customer id ${customerIdBytes}, event name ${eventNameBytes}, attribute name ${attributeNameBytes}, attribute value ${attributeValueBytes}, attributes of an identify ${attributesPerIdentify} (a count), one operation ${operationBytes}.`,
  )
})

describe('the JSON Schema of the document', () => {
  it.each(Object.entries(EVENTS))('takes %s, as the worker does', (_, event) => {
    expect(schema.safeParse(job([event])).error).toBeUndefined()
    expect(eventFault(event)).toBeNull()
  })

  it.each(faulty)('refuses %j, as the worker does', (event) => {
    expect(schema.safeParse(job([event])).success).toBe(false)
    expect(eventFault(event)).not.toBeNull()
  })

  it('is the one that relay plan export writes', () => {
    expect(jsonSchema).toEqual(JOB_SCHEMA)
  })

  it('refuses a job without events, with too many, and of another version', () => {
    const events = Array.from({ length: 201 }, () => EVENTS.delete)
    expect(schema.safeParse(job([])).success).toBe(false)
    expect(schema.safeParse(job(events)).success).toBe(false)
    expect(schema.safeParse({ v: 2, ns: 'production', events: [EVENTS.delete] }).success).toBe(
      false,
    )
  })
})

describe('the example of the document', () => {
  it('fits its own schema, and the worker reads it', () => {
    expect(schema.safeParse(example).error).toBeUndefined()
    const decoded = decodeJob(JSON.stringify(example), 1, 'production')
    expect(decoded).toMatchObject({ kind: 'events', positions: [{ kind: 'event' }] })
  })
})

describe('the step that adds the job of the example', () => {
  const { events } = example as JobData
  const [event] = events as readonly TrackEvent[]

  it('names the queue of the partition of its customer', () => {
    const partition = partitionOf(event?.customerId ?? '', 16)
    expect(steps).toMatchObject({
      queue: 'events',
      prefix: `{relay:production:g1:${partition}}`,
      name: `events-${events.length}`,
    })
  })

  it('has the tombstones of its event before it', () => {
    const stones = event && timeRules(retentionPlan, 'production').tombstonesOf(event)
    const rows = tableBelow(text, ['namespace', 'name', 'scope', 'key'])
    expect(rows.map(([, , scope]) => scope)).toEqual(['customer:cus_42', 'checkout:co-7310'])
    expect(rows.map(([, , , key = '']) => key.split(':').at(-1))).toEqual(stones?.marks)
    expect(text).toContain(`${stones?.ttlMs} ms with the shipped plan`)
  })
})

describe('the vectors of the document', () => {
  it('of partitions are what the code computes', () => {
    const partitions = tableBelow(text, ['customerId', 'of 16', 'of 64'])
    const computed = partitions.map(([id = '']) => {
      return [id, String(partitionOf(id, 16)), String(partitionOf(id, 64))]
    })
    expect(partitions).toHaveLength(4)
    expect(partitions).toEqual(computed)
  })

  it('of derived ids are what the code computes', () => {
    const ids = tableBelow(text, ['namespace', 'name', 'key', 'id'])
    const computed = ids.map(([namespace = '', name = '', key = '']) => {
      return [namespace, name, key, deriveId(namespace, name, key)]
    })
    expect(ids).toHaveLength(3)
    expect(ids).toEqual(computed)
  })
})
