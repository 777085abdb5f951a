// Every row of the table "what a response means" (design § 7), and the edges of each.

import type { ResponseClass } from '@retention-relay/events'
import { describe, expect, it } from 'vitest'
import { classifyResponse } from '../src/classify-response.ts'
import type { DestinationResponse } from '../src/destination-response.ts'

const HTML = '<html><head><title>502 Server Error</title></head></html>'
const V2_ERROR = '{"errors":[{"reason":"required","field":"name","message":"name is required"}]}'
const PARSED = { reason: 'required', field: 'name', message: 'name is required' }

/** The answer to a batch of three that was handed over whole. */
function classify(
  status: number,
  body: string | null = '',
  more: Partial<DestinationResponse> = {},
): ResponseClass {
  return classifyResponse({ status, headers: {}, body, operations: 3, bodyLeft: true, ...more })
}

describe('200', () => {
  it.each(['{}', '{}\n', ' { } ', '{"errors":[]}', '{"errors":null}', '{"status":"ok"}'])(
    'delivers all with a JSON object without errors: %j',
    (body) => expect(classify(200, body)).toEqual({ kind: 'delivered' }),
  )

  it.each([
    '',
    HTML,
    '{"errors":[{"batch_in',
    '{',
    '[]',
    '[{}]',
    'null',
    'true',
    '7',
    '"ok"',
    '{}{}',
    null,
  ])('is an unknown outcome with a body that is not a JSON object: %j', (body) => {
    const detail = 'HTTP 200 that is not a JSON object'
    expect(classify(200, body)).toEqual(unreadable(detail))
  })

  it.each([
    '{"errors":"no"}',
    '{"errors":{}}',
    '{"errors":7}',
    '{"errors":["no"]}',
    '{"errors":[{}]}',
    '{"errors":[{"message":"please log in"}]}',
  ])("is an unknown outcome with errors that are not of Customer.io's shape: %j", (body) => {
    const detail = "HTTP 200 with errors that are not of Customer.io's shape"
    expect(classify(200, body)).toEqual(unreadable(detail))
  })

  it('refuses the named items when it carries errors', () => {
    const body = '{"errors":[{"batch_index":2,"reason":"invalid"}]}'
    const rejections = [{ index: 2, status: 200, reason: 'invalid' }]
    expect(classify(200, body)).toEqual({ kind: 'partly_refused', rejections })
  })

  it.each([{ reason: 'invalid' }, { field: 'name' }, { batch_index: 'no', message: 'no' }])(
    'is unclear with an error of the shape of Customer.io that names no item: %j',
    (error) => {
      const body = JSON.stringify({ errors: [error] })
      expect(classify(200, body).kind).toBe('item_errors_unclear')
    },
  )

  it('delivers nothing when it came before the request was handed over', () => {
    expect(classify(200, '{}', { bodyLeft: false })).toEqual({
      ...unreadable('HTTP 200 before the request was handed over'),
      unknownOutcome: false,
    })
  })
})

describe('207', () => {
  it('refuses the named items and delivers the others', () => {
    const errors = [
      { batch_index: 0, ...PARSED },
      { batch_index: 2, reason: 'invalid', field: 'attributes.plan' },
    ]
    const rejections = [
      { index: 0, status: 207, ...PARSED },
      { index: 2, status: 207, reason: 'invalid', field: 'attributes.plan' },
    ]
    expect(classify(207, JSON.stringify({ errors }))).toEqual({
      kind: 'partly_refused',
      rejections,
    })
  })

  it('makes one rejection of a repeated index, the first that was said', () => {
    const errors = [
      { batch_index: 1, reason: 'first' },
      { batch_index: 1, reason: 'second' },
    ]
    const rejections = [{ index: 1, status: 207, reason: 'first' }]
    expect(classify(207, JSON.stringify({ errors }))).toEqual({
      kind: 'partly_refused',
      rejections,
    })
  })

  it.each(['{"batch_index":0}', '{"batch_index":0.0}', '{"batch_index":-0}'])(
    'takes %s as index 0, with every other field missing',
    (error) => {
      const rejections = [{ index: 0, status: 207 }]
      expect(classify(207, `{"errors":[${error}]}`)).toEqual({ kind: 'partly_refused', rejections })
    },
  )

  it.each([
    '{}',
    '{"batch_index":null}',
    '{"batch_index":3}',
    '{"batch_index":-1}',
    '{"batch_index":1.5}',
    '{"batch_index":"1"}',
    '{"batch_index":true}',
    '{"batch_index":[1]}',
    '{"batch_index":1e400}',
  ])('is unclear when an error names no item of the batch: %s', (error) => {
    const unclear = { kind: 'item_errors_unclear', rejection: { status: 207 } }
    expect(classify(207, `{"errors":[${error}]}`)).toEqual(unclear)
    expect(classify(207, `{"errors":[{"batch_index":0},${error}]}`)).toEqual(unclear)
  })

  it('is unclear with a message alone, which on a 200 would be nothing', () => {
    const body = '{"errors":[{"message":"no"}]}'
    expect(classify(207, body).kind).toBe('item_errors_unclear')
    expect(classify(200, body).kind).toBe('retry')
  })

  it('is unclear, and keeps what was said, when one of its errors is not an object', () => {
    const body = '{"errors":[{"batch_index":0,"reason":"invalid"},"no"]}'
    expect(classify(207, body)).toEqual({
      kind: 'item_errors_unclear',
      rejection: { status: 207 },
    })
    expect(classify(207, V2_ERROR)).toEqual({
      kind: 'item_errors_unclear',
      rejection: { status: 207, ...PARSED },
    })
  })

  it('knows the size of the batch', () => {
    const body = '{"errors":[{"batch_index":1}]}'
    expect(classify(207, body, { operations: 2 }).kind).toBe('partly_refused')
    expect(classify(207, body, { operations: 1 }).kind).toBe('item_errors_unclear')
  })

  it.each([
    '{}',
    '{"errors":[]}',
    '{"errors":null}',
    '{"errors":["no"]}',
    '{"errors":1}',
    HTML,
    '',
  ])('is an unknown outcome without a usable list of errors: %j', (body) => {
    expect(classify(207, body)).toMatchObject({
      kind: 'retry',
      cause: 'unreadable_answer',
      unknownOutcome: true,
    })
  })
})

describe('any other 2xx', () => {
  it.each([201, 202, 203, 204, 205, 206, 208, 226, 299])('%i is an unknown outcome', (status) => {
    expect(classify(status, '{}')).toEqual(unreadable(`HTTP ${status} that is not a JSON object`))
  })
})

describe('400, 413 and 422', () => {
  it.each([
    [400, 'rejected'],
    [413, 'oversize'],
    [422, 'rejected'],
  ])('%i refuses the request as %s', (status, reason) => {
    expect(classify(status, V2_ERROR)).toEqual({
      kind: 'refused',
      reason,
      rejection: { status, ...PARSED },
      believable: true,
    })
  })

  it.each([
    ['{"meta":{"error":"event name must not be blank"}}', 'event name must not be blank'],
    ['{"meta":{"errors":["a is wrong","b is wrong"]}}', 'a is wrong; b is wrong'],
  ])('believes the shape of v1: %s', (body, message) => {
    expect(classify(400, body)).toEqual({
      kind: 'refused',
      reason: 'rejected',
      rejection: { status: 400, message },
      believable: true,
    })
  })

  it.each([
    HTML,
    '',
    null,
    '{}',
    '[]',
    '{"errors":[]}',
    '{"errors":"no"}',
    '{"errors":["no"]}',
    '{"errors":[{}]}',
    '{"errors":[{"message":"Bad Request"}]}',
    '{"errors":[{"reason":"invalid"},{}]}',
    '{"errors":[{"reason":7,"field":true}]}',
    '{"error":"Bad Request"}',
    '{"message":"Bad Request"}',
    '{"meta":"no"}',
    '{"meta":{}}',
    '{"meta":{"error":""}}',
    '{"meta":{"errors":[]}}',
    '{"meta":{"errors":[7]}}',
    V2_ERROR.slice(0, -1),
  ])('does not believe what is not of the shape of Customer.io: %j', (body) => {
    expect(classify(400, body)).toMatchObject({ kind: 'refused', believable: false })
  })

  it('bounds the texts, which come from outside', () => {
    const reason = 'x'.repeat(10_000)
    const refused = classify(400, JSON.stringify({ errors: [{ reason }] }))
    expect(refused).toMatchObject({ rejection: { reason: `${'x'.repeat(499)}…` } })
  })
})

describe('401 and 403', () => {
  it.each([401, 403])('%i speaks of credentials or of a firewall, whatever the body', (status) => {
    expect(classify(status, HTML)).toEqual({
      kind: 'unauthorized',
      status,
      rejection: { status },
    })
    expect(classify(status, '{"meta":{"error":"Unauthorized request"}}')).toEqual({
      kind: 'unauthorized',
      status,
      rejection: { status, message: 'Unauthorized request' },
    })
  })
})

describe('any other 4xx, 3xx, and what is no status', () => {
  it.each([301, 302, 304, 308, 402, 404, 405, 407, 410, 418, 425, 451, 499, 0, 102, 600, 999])(
    '%i is a wrong address',
    (status) => expect(classify(status, V2_ERROR)).toEqual({ kind: 'wrong_address', status }),
  )
})

describe('408, 429 and 5xx', () => {
  it.each([
    [408, 'timeout', false],
    [429, 'rate_limited', false],
    [500, 'server_error', false],
    [502, 'server_error', false],
    [503, 'server_error', false],
    [504, 'server_error', true],
    [599, 'server_error', false],
  ])('%i is tried again (%s), whatever the body', (status, cause, unknownOutcome) => {
    const retry = { kind: 'retry', cause, unknownOutcome, detail: `HTTP ${status}` }
    expect(classify(status, HTML)).toEqual(retry)
    expect(classify(status, V2_ERROR)).toEqual(retry)
    expect(classify(status, null)).toEqual(retry)
  })

  it('504 before the request was handed over is not an unknown outcome', () => {
    expect(classify(504, '', { bodyLeft: false })).toMatchObject({ unknownOutcome: false })
  })

  it.each([408, 429, 503])('%i honours Retry-After', (status) => {
    const headers = { 'retry-after': '17' }
    expect(classify(status, '', { headers })).toMatchObject({ retryAfterMs: 17_000 })
  })
})

function unreadable(detail: string): ResponseClass {
  return { kind: 'retry', cause: 'unreadable_answer', unknownOutcome: true, detail }
}
