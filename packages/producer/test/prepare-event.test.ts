// What a call becomes, and what it is refused for.

import { inspect } from 'node:util'

import {
  createUlidSource,
  defineAttributes,
  defineEvent,
  defineTrackingPlan,
  deriveId,
  encodeOperation,
  eventFault,
  isUlid,
  RelayError,
  retentionPlan,
  timeRules,
} from '@retention-relay/events'
import type { Checks, RelayEvent, TrackingPlan } from '@retention-relay/events'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'

import type { Draft } from '../src/draft.ts'
import { draftOf } from '../src/draft.ts'
import { OPERATION_OVERHEAD_BYTES, prepareEvent } from '../src/prepare-event.ts'

const NOW_MS = Date.UTC(2026, 10, 24, 12)
const nextUlid = createUlidSource()

const prepare = (draft: Partial<Draft>, plan: TrackingPlan = retentionPlan): RelayEvent => {
  const rules = {
    namespace: 'test',
    plan,
    time: timeRules(plan, 'test'),
    allowCustomerIds: [],
    now: () => NOW_MS,
    nextUlid,
  }
  const whole: Draft = {
    op: 'delete',
    customerId: 'cus_42',
    body: undefined,
    options: {},
    ...draft,
  }
  const prepared = prepareEvent(whole, rules)
  expect(prepared.bytes).toBe(Buffer.byteLength(prepared.text))
  return JSON.parse(prepared.text) as RelayEvent
}

const errorOf = (draft: Partial<Draft>, plan?: TrackingPlan): RelayError => {
  try {
    prepare(draft, plan)
  } catch (error) {
    if (error instanceof RelayError) return error
    throw error
  }
  throw new Error('the call was accepted')
}

const item = { product_id: 'p-1', name: 'Coffee beans', quantity: 2, unit_price: 19.9 }
const order = { order_id: 'o-981', items: [item], value: 39.8, currency: 'EUR' }
const track = (data: unknown, options = {}): Partial<Draft> => ({
  op: 'track',
  body: { name: 'order_placed', data },
  options,
})

/** A plan with an event that takes anything. */
const loose = defineTrackingPlan({
  events: [
    defineEvent({
      name: 'anything',
      description: 'A test.',
      version: 1,
      schema: z.looseObject({}),
    }),
  ],
  attributes: defineAttributes({ description: 'A test.', schema: z.looseObject({}) }),
})
const anything = (data: unknown): Partial<Draft> => ({
  op: 'track',
  body: { name: 'anything', data },
})

describe('a call', () => {
  it.each<[string, Partial<Draft>, object]>([
    ['track', track(order), { op: 'track', name: 'order_placed', data: order, version: 1 }],
    [
      'identify',
      { op: 'identify', body: { total_orders: 3 } },
      { attributes: { total_orders: 3 }, version: 1 },
    ],
    ['delete', { op: 'delete' }, { op: 'delete' }],
    ['suppress', { op: 'suppress' }, { op: 'suppress' }],
    ['unsuppress', { op: 'unsuppress' }, { op: 'unsuppress' }],
    ['merge', { op: 'merge', body: { into: 'cus_1' } }, { op: 'merge', primaryId: 'cus_1' }],
    [
      'add_device',
      { op: 'add_device', body: { token: 't', platform: 'ios' } },
      { device: { token: 't', platform: 'ios' } },
    ],
    ['delete_device', { op: 'delete_device', body: { token: 't' } }, { device: { token: 't' } }],
  ])('%s becomes an event that the worker reads', (_, draft, fields) => {
    const event = prepare(draft)
    expect(eventFault(event)).toBeNull()
    expect(event).toMatchObject({ customerId: 'cus_42', occurredAt: NOW_MS, ...fields })
  })

  it('is kept as it was when it was made: later changes by the caller change nothing', () => {
    const data = { nested: { list: [1] } }
    const event = prepare(anything(data), loose)
    data.nested.list.push(2)
    expect(event).toMatchObject({ data: { nested: { list: [1] } } })
  })
})

describe('the id of an event', () => {
  it('is derived from the order, whoever tells of it and when', () => {
    const id = deriveId('test', 'order_placed', 'o-981')
    expect(prepare(track(order)).id).toBe(id)
    expect(prepare(track({ ...order, value: 1 }, { occurredAt: NOW_MS - 5000 })).id).toBe(id)
    expect(prepare({ ...track(order), customerId: 'guest-7' }).id).toBe(id)
  })

  it('is derived from a key that the caller gives', () => {
    const { id } = prepare(track(order, { idempotencyKey: 'webhook-1' }))
    expect(id).toBe(deriveId('test', 'order_placed', 'webhook-1'))
  })

  it('of anything but track is derived for the customer alone', () => {
    const options = { idempotencyKey: 'crm-sync-7' }
    const body = { total_orders: 3 }
    const first = prepare({ op: 'identify', body, options })
    const again = prepare({ op: 'identify', body, options })
    const other = prepare({ op: 'identify', body, options, customerId: 'cus_43' })
    expect(first.id).toBe(deriveId('test', 'identify', 'cus_42\0crm-sync-7'))
    expect(again.id).toBe(first.id)
    expect(other.id).not.toBe(first.id)
  })

  it('is new for each call where there is no key, and always a ULID', () => {
    const ids = Array.from({ length: 100 }, () => prepare({ op: 'delete' }).id)
    expect(new Set(ids).size).toBe(100)
    expect(ids.every((id) => isUlid(id))).toBe(true)
  })

  it.each<[object, string]>([
    [{ id: 'o-981' }, 'is not a ULID'],
    [{ id: '01hk153x0041f2mz4k64f6qgqd' }, 'is not a ULID'],
    [{ id: 7 }, 'id is a number'],
    [{ idempotencyKey: '' }, 'idempotencyKey is empty'],
    [{ idempotencyKey: 7 }, 'idempotencyKey is a number'],
    [{ id: '01HK153X0041F2MZ4K64F6QGQD', idempotencyKey: 'a' }, 'both given'],
  ])('%j is refused', (options, fault) => {
    const error = errorOf({ op: 'delete', options })
    expect(error.code).toBe('RELAY_EVENT_ID')
    expect(error.message).toContain(fault)
  })

  it('is the one that the caller gives, for a second try', () => {
    const id = '01HK153X0041F2MZ4K64F6QGQD'
    expect(prepare(track(order, { id })).id).toBe(id)
  })
})

describe('the idempotency key of a definition', () => {
  /** A plan whose event takes anything as strictly as this, and has this key. */
  const keyed = (checks: Checks, of: (data: Record<string, unknown>) => unknown): TrackingPlan =>
    defineTrackingPlan({
      events: [
        defineEvent({
          name: 'anything',
          description: 'A test.',
          version: 1,
          schema: z.looseObject({}),
          checks,
          idempotencyKey: { of: of as (data: object) => string, why: 'A test.' },
        }),
      ],
      attributes: defineAttributes({ description: 'A test.', schema: z.looseObject({}) }),
    })
  const noKeys: [string, () => unknown][] = [
    ['a number', () => 981],
    ['an empty text', () => ''],
    ['null', () => null],
    [
      'an error',
      () => {
        throw new TypeError('not there')
      },
    ],
  ]

  it.each(noKeys)('that is %s is none, and no fault, where data is not refused', (_, of) => {
    for (const checks of ['warn', 'off'] as const) {
      const plan = keyed(checks, of)
      const ids = [prepare(anything({}), plan).id, prepare(anything({}), plan).id]
      expect(new Set(ids).size).toBe(2)
    }
  })

  it.each(noKeys)('that is %s is a fault where data is refused', (_, of) => {
    expect(errorOf(anything({}), keyed('strict', of)).code).toMatch(/^RELAY_EVENT_(ID|INVALID)$/)
  })

  it('is of the data as it is stored, where nothing is checked', () => {
    const no = { toJSON: () => '7' }
    const plan = keyed('off', (data) => data['no'])
    expect(prepare(anything({ no }), plan).id).toBe(deriveId('test', 'anything', '7'))
    expect(errorOf(anything(new Date()), plan).message).toContain('expected object (it is a Date)')
  })

  it.each<Checks>(['strict', 'warn', 'off'])('counts where checks are %s', (checks) => {
    const { id } = prepare(
      anything({ no: '7' }),
      keyed(checks, ({ no }) => no),
    )
    expect(id).toBe(deriveId('test', 'anything', '7'))
  })
})

describe('a call that does not match the tracking plan', () => {
  it('with an unknown name is told the names that there are', () => {
    const error = errorOf({ op: 'track', body: { name: 'order_place', data: {} } })
    expect(error.code).toBe('RELAY_EVENT_UNKNOWN_NAME')
    expect(error.message).toContain('order_placed')
  })

  it.each<Checks>(['strict', 'warn', 'off'])(
    'with a name that the plan has retired is refused, where unknown events are %s',
    (unknownEvents) => {
      const plan = defineTrackingPlan({
        extends: retentionPlan,
        events: [],
        retired: ['quiz_done'],
        unknownEvents,
      })
      const error = errorOf({ op: 'track', body: { name: 'quiz_done', data: {} } }, plan)
      expect(error.code).toBe('RELAY_EVENT_UNKNOWN_NAME')
      expect(error.message).toContain('has retired "quiz_done"')
    },
  )

  it.each<[string, unknown, object]>([
    ['a missing field', { ...order, items: undefined }, { path: 'data.items', got: 'missing' }],
    ['a wrong type', { ...order, order_id: 981 }, { path: 'data.order_id', got: 'a number' }],
    ['a BigInt', { ...order, value: 5n }, { path: 'data.value', got: 'a bigint' }],
    [
      'a fault deep inside',
      { ...order, items: [item, { ...item, quantity: '2' }] },
      { path: 'data.items[1].quantity', expected: 'expected number', got: 'a string' },
    ],
    [
      'a field too many',
      { ...order, colour: 'red' },
      { path: 'data', expected: 'no field colour' },
    ],
    ['no data', undefined, { path: 'data', got: 'missing' }],
  ])('with %s is told where, what is expected, and which type it is', (_, data, fault) => {
    const error = errorOf(track(data))
    expect(error.code).toBe('RELAY_EVENT_INVALID')
    expect(error.details['faults']).toContainEqual(expect.objectContaining(fault))
  })

  it('with a time in milliseconds is told to give seconds', () => {
    const error = errorOf({ op: 'identify', body: { last_order_at: NOW_MS } })
    expect(error.message).toContain('attributes.last_order_at: this is a time in milliseconds')
  })

  it('never shows a value', () => {
    const secret = 'hunter2@example.com'
    const leaves = fc.constantFrom<unknown>(secret, [secret], { secret }, { a: { b: secret } })
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...Object.keys(order)), leaves), (data) => {
        const error = errorOf(track({ ...data, currency: secret }))
        expect(inspect(error, { depth: 9 })).not.toContain('hunter2')
      }),
    )
  })

  it.each<[string, () => unknown]>([
    ['a BigInt', () => ({ deep: [1n] })],
    [
      'a cycle',
      () => {
        const cycle: Record<string, unknown> = {}
        cycle['self'] = cycle
        return cycle
      },
    ],
    [
      'a toJSON that throws',
      () => ({
        toJSON: () => {
          throw new Error('no')
        },
      }),
    ],
  ])('where anything goes, %s is refused all the same', (_, make) => {
    const error = errorOf(anything({ field: make() }), loose)
    expect(error.code).toBe('RELAY_EVENT_INVALID')
    expect(error.message).toContain('cannot be written as JSON')
  })

  it('a check of the plan that throws refuses the event', () => {
    const schema = z.looseObject({}).refine(() => {
      throw new TypeError('a bug of the plan')
    })
    const broken = defineTrackingPlan({
      events: [defineEvent({ name: 'anything', description: 'A test.', version: 1, schema })],
      attributes: defineAttributes({ description: 'A test.', schema: z.looseObject({}) }),
    })
    expect(errorOf(anything({}), broken).message).toBe(
      'anything cannot be checked: TypeError was thrown.',
    )
  })

  it('a merge into itself is refused', () => {
    const error = errorOf({ op: 'merge', body: { into: 'cus_42' } })
    expect(error.message).toBe('A customer cannot be merged into itself.')
  })

  it('a merge into an e-mail address is refused', () => {
    const error = errorOf({ op: 'merge', body: { into: 'anna@example.com' } })
    expect(error).toMatchObject({ code: 'RELAY_EVENT_CUSTOMER_ID' })
    expect(error.message).toContain('The id to merge into is an e-mail address')
  })
})

describe('a call over a limit of the destination', () => {
  it.each<[string, Partial<Draft>, object]>([
    [
      'customer id',
      { customerId: 'é'.repeat(76) },
      { field: 'customerId', limit: 150, size: 152, unit: 'bytes' },
    ],
    [
      'attribute',
      { op: 'identify', body: { vip_tier: 'é'.repeat(501) } },
      { field: 'attributes.vip_tier', limit: 1000, size: 1002 },
    ],
  ])('%s is told the field, the limit and the size', (_, draft, details) => {
    const error = errorOf(draft)
    expect(error.code).toBe('RELAY_EVENT_TOO_LARGE')
    expect(error.details).toMatchObject(details)
  })

  it('a whole event counts as the operation that Customer.io gets', () => {
    const large = (length: number): Partial<Draft> => anything({ note: 'x'.repeat(length) })
    const event = prepare(large(31_000), loose)
    const room = 32_000 - Buffer.byteLength(encodeOperation(event))
    expect(prepare(large(31_000 + room), loose)).toBeDefined()
    const error = errorOf(large(31_001 + room), loose)
    expect(error.details).toMatchObject({ field: 'event', limit: 32_000, size: 32_001 })
  })

  it('no operation is larger than its event and the words around it', () => {
    const text = fc.string({ unit: 'grapheme' }).filter((id) => /^\S+$/.test(id))
    const value = fc.jsonValue()
    const bodies: fc.Arbitrary<Partial<Draft>>[] = [
      fc.dictionary(text, value).map((data) => anything(data)),
      fc.dictionary(text, value).map((body) => ({ op: 'identify', body })),
      fc.constantFrom({ op: 'delete' }, { op: 'suppress' }, { op: 'unsuppress' }),
      text.map((into) => ({ op: 'merge', body: { into: `p${into}` } })),
      text.map((token) => ({ op: 'add_device', body: { token, platform: 'android' } })),
      text.map((token) => ({ op: 'delete_device', body: { token } })),
    ]
    fc.assert(
      fc.property(fc.oneof(...bodies), (draft) => {
        const event = prepare(draft, loose)
        const bytes = Buffer.byteLength(JSON.stringify(event))
        const operation = Buffer.byteLength(encodeOperation(event))
        expect(operation).toBeLessThanOrEqual(bytes + OPERATION_OVERHEAD_BYTES)
      }),
    )
  })
})

describe('an entry of enqueue', () => {
  it.each([null, 7, 'track', [], {}, { op: 'screen', customerId: 'cus_42' }])(
    '%j is refused',
    (input) => {
      expect(() => draftOf(input)).toThrow(RelayError)
    },
  )
})
