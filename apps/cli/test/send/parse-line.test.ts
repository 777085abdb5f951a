// A line of the input, as the producer gets it.

import type { RelayError } from '@retention-relay/events'
import { EVENT_OPS } from '@retention-relay/events'
import { expect, test } from 'vitest'

import { parseLine } from '../../src/send/parse-line.ts'
import type { SendInput } from '../../src/send/parse-line.ts'

function parse(value: unknown): SendInput {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return parseLine({ number: 1, text, bytes: text.length })
}

function faultOf(value: unknown): Pick<RelayError, 'code' | 'message'> {
  try {
    parse(value)
  } catch (error) {
    return error as RelayError
  }
  throw new Error('the line was taken')
}

test('an event is passed on as it is', () => {
  const event = {
    op: 'track',
    customerId: 'cus_1',
    name: 'order_placed',
    data: { order_id: 'o-1' },
    id: '01HKAN6400B7YQ2FVX1DZ0CBA0',
    occurredAt: 1_767_225_600_000,
  }
  expect(parse(event)).toEqual(event)
})

test.each([
  ['2026-01-01T00:00:00Z', 1_767_225_600_000],
  ['2026-01-01T01:30:00+01:30', 1_767_225_600_000],
  ['2026-01-01T00:00:00.250Z', 1_767_225_600_250],
])('an ISO time with a zone is a time: %s', (occurredAt, timeMs) => {
  expect(parse({ op: 'delete', customerId: 'c', occurredAt })).toMatchObject({
    occurredAt: new Date(timeMs),
  })
})

test.each([
  '2026-01-01T00:00:00',
  '2026-01-01',
  'yesterday',
  '1767225600000',
  '2026-13-01T00:00:00Z',
  '',
])('a text that is no moment is refused and not guessed at: %j', (occurredAt) => {
  expect(faultOf({ op: 'delete', customerId: 'c', occurredAt }).code).toBe('RELAY_EVENT_TIME')
})

test.each(['x{', '{"op":"delete"', '[]', '"text"', 'null', '{} {}'])(
  'what is not a JSON object is refused without repeating it: %j',
  (text) => {
    const { code, message } = faultOf(text)
    expect(code).toBe('RELAY_EVENT_INVALID')
    expect(message).not.toContain(text)
  },
)

test('a mistyped field is refused by name, with the fields that there are', () => {
  const { code, message } = faultOf({ op: 'merge', customerId: 'c', primaryId: 'd' })
  expect(code).toBe('RELAY_EVENT_INVALID')
  expect(message).toContain('"primaryId"')
  expect(message).toContain('into')
})

test.each(EVENT_OPS)('the fields that all operations have are fields of %s', (op) => {
  const event = { op, customerId: 'c', id: 'i', occurredAt: 1, idempotencyKey: 'k' }
  expect(parse(event)).toEqual(event)
})

test('an unknown operation is left to the producer, which lists the known ones', () => {
  expect(parse({ op: 'upsert', anything: 1 })).toEqual({ op: 'upsert', anything: 1 })
})
