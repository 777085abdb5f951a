// Properties of `classifyResponse` over arbitrary answers: bodies that are close to right, and bodies that are nothing.

import type { ResponseClass } from '@retention-relay/events'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { classifyResponse } from '../src/classify-response.ts'
import type { DestinationResponse } from '../src/destination-response.ts'
import { RETRY_AFTER_MAX_MS } from '../src/retry-after.ts'

const text = fc.oneof(fc.constantFrom('', 'required', 'name'), fc.string())
const index = fc.oneof(
  { arbitrary: fc.integer({ min: 0, max: 2 }), weight: 12 },
  fc.integer({ min: -2, max: 6 }),
  fc.oneof(fc.double(), fc.string(), fc.constant(null), fc.boolean()),
)
const itemError = fc.record(
  { batch_index: index, reason: text, field: text, message: text },
  { requiredKeys: ['batch_index'] },
)
const errors = fc.oneof(
  { arbitrary: fc.array(itemError, { maxLength: 4 }), weight: 4 },
  fc.array(fc.oneof(itemError, fc.jsonValue()), { maxLength: 4 }),
  fc.jsonValue(),
)
const meta = fc.oneof(fc.jsonValue(), fc.record({ error: text, errors: fc.array(text) }))
const json = fc.oneof(
  { arbitrary: fc.record({ errors }, { requiredKeys: [] }), weight: 4 },
  fc.record({ meta }),
  fc.jsonValue(),
)
const body = fc.oneof(
  { arbitrary: json.map((value) => JSON.stringify(value)), weight: 6 },
  json.map((value) => JSON.stringify(value).slice(0, -1)),
  fc.string(),
  fc.constant(null),
)
const httpDate = fc.date({ noInvalidDate: true }).map((date) => date.toUTCString())
const wait = fc.oneof(
  fc.integer({ min: -1000, max: 1_000_000 }).map(String),
  fc.double({ noNaN: true }).map(String),
  httpDate,
  fc.string(),
)
const headers = fc.record({ 'retry-after': wait, date: httpDate }, { requiredKeys: [] })
const answers: fc.Arbitrary<DestinationResponse> = fc.record({
  status: fc.oneof(
    fc.constantFrom(200, 207),
    fc.constantFrom(204, 302, 400, 401, 403, 404, 408, 413, 422, 429, 502, 504),
    fc.integer({ min: 100, max: 999 }),
  ),
  headers,
  body,
  operations: fc.integer({ min: 1, max: 5 }),
  bodyLeft: fc.boolean(),
})

/** A property of an answer and its class, over answers that `when` picks. */
interface Property {
  readonly when: (answer: DestinationResponse, found: ResponseClass) => boolean
  readonly holds: (answer: DestinationResponse, found: ResponseClass) => void
}

/** Checks it over 2,000 answers, and that enough of them were picked for it to mean something. */
function check({ when, holds }: Property): void {
  let picked = 0
  const property = fc.property(answers, (answer) => {
    const found = classifyResponse(answer)
    if (!when(answer, found)) return
    picked += 1
    holds(answer, found)
  })
  fc.assert(property, { numRuns: 5000 })
  expect(picked).toBeGreaterThan(20)
}

describe('classifyResponse', () => {
  it('counts as delivered, in whole or in part, nothing but a 200 or 207 with a JSON object after the request had left', () => {
    check({
      when: (_answer, { kind }) => kind === 'delivered' || kind === 'partly_refused',
      holds: (answer) => {
        expect([200, 207]).toContain(answer.status)
        expect(answer.bodyLeft).toBe(true)
        expect(JSON.parse(answer.body ?? '')).toBeTypeOf('object')
      },
    })
  })

  it('decides the kind outside of 2xx by the status alone', () => {
    check({
      when: ({ status }) => status < 200 || status > 299,
      holds: (answer, { kind }) => {
        expect(classifyResponse({ ...answer, body: null, headers: {} }).kind).toBe(kind)
      },
    })
  })

  it('kills nothing for a status that may be an outage, a proxy or a wrong address', () => {
    check({
      when: ({ status }) => ![200, 207, 400, 413, 422].includes(status),
      holds: (_answer, { kind }) => {
        expect(['retry', 'unauthorized', 'wrong_address']).toContain(kind)
      },
    })
  })

  it('names each refused item once, within the batch, and refuses at least one', () => {
    check({
      when: (_answer, { kind }) => kind === 'partly_refused',
      holds: ({ operations }, found) => {
        const indexes = refusedIndexes(found)
        expect(indexes.length).toBeGreaterThan(0)
        expect(new Set(indexes).size).toBe(indexes.length)
        const places = Array.from({ length: operations }, (_, place) => place)
        expect(places).toEqual(expect.arrayContaining(indexes))
      },
    })
  })

  it('finds exactly the items that well-formed errors name', () => {
    const wellFormed = fc.integer({ min: 1, max: 50 }).chain((operations) =>
      fc.record({
        operations: fc.constant(operations),
        named: fc.array(fc.integer({ min: 0, max: operations - 1 }), { minLength: 1 }),
        status: fc.constantFrom(200, 207),
      }),
    )
    fc.assert(
      fc.property(wellFormed, ({ operations, named, status }) => {
        const list = named.map((place) => ({ batch_index: place }))
        const answer = { status, headers: {}, operations, bodyLeft: true }
        const found = classifyResponse({ ...answer, body: JSON.stringify({ errors: list }) })
        expect(refusedIndexes(found)).toEqual([...new Set(named)])
      }),
    )
  })

  it('asks for a wait only between 0 and 300 seconds, in whole milliseconds', () => {
    check({
      when: (_answer, found) => found.kind === 'retry' && found.retryAfterMs !== undefined,
      holds: (_answer, found) => {
        const waitMs = found.kind === 'retry' ? found.retryAfterMs : undefined
        expect(waitMs).toSatisfy(Number.isInteger)
        expect(waitMs).toBeGreaterThanOrEqual(0)
        expect(waitMs).toBeLessThanOrEqual(RETRY_AFTER_MAX_MS)
      },
    })
  })

  it('never calls an outcome unknown when the request had not left', () => {
    check({
      when: ({ bodyLeft }, { kind }) => kind === 'retry' && !bodyLeft,
      holds: (_answer, found) => {
        expect(found).toMatchObject({ unknownOutcome: false })
      },
    })
  })
})

function refusedIndexes(found: ResponseClass): number[] {
  return found.kind === 'partly_refused' ? found.rejections.map(({ index: place }) => place) : []
}
