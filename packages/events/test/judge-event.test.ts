// What the worker makes of an event by its plan.
import { describe, expect, it } from 'vitest'
import * as z from 'zod'

import { defineAttributes, defineEvent, defineTrackingPlan, judgeEvent } from '../src/index.ts'
import type { Checks, RelayEvent, TrackingPlan } from '../src/index.ts'

const base = {
  id: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
  customerId: 'cus_1',
  occurredAt: 1_795_600_000_000,
}

const judge = (event: RelayEvent, by: TrackingPlan, nowMs = base.occurredAt) =>
  judgeEvent(event, by, nowMs)

const track = (name: string, data: object, version?: number): RelayEvent =>
  ({
    op: 'track',
    ...base,
    name,
    data,
    ...(version === undefined ? {} : { version }),
  }) as RelayEvent

const plan = (checks?: Checks, unknownEvents?: Checks) =>
  defineTrackingPlan({
    events: [
      defineEvent({
        name: 'moved',
        description: 'A test.',
        version: 3,
        schema: z.strictObject({ city: z.string() }),
        upcasters: {
          1: ({ town, ...rest }) => ({ ...rest, place: town }),
          2: ({ place, ...rest }) => ({ ...rest, city: place }),
        },
        ...(checks === undefined ? {} : { checks }),
      }),
      defineEvent({
        name: 'seen',
        description: 'A test.',
        version: 2,
        schema: z.strictObject({ page: z.string() }),
      }),
    ],
    attributes: defineAttributes({
      description: 'A test.',
      schema: z.strictObject({ city: z.string() }),
      ...(checks === undefined ? {} : { checks }),
    }),
    ...(unknownEvents === undefined ? {} : { unknownEvents }),
  })

describe('an event', () => {
  it('that matches is left as it is', () => {
    const event = track('moved', { city: 'Bonn' }, 3)
    const judged = judge(event, plan())
    expect(judged).toEqual({ kind: 'valid', event })
  })

  it('without a version is checked as one of today', () => {
    expect(judge(track('moved', { city: 'Bonn' }), plan()).kind).toBe('valid')
    expect(judge(track('moved', { town: 'Bonn' }), plan()).kind).toBe('invalid')
  })

  it('whose version is null has none', () => {
    const event = { ...track('moved', { city: 'Bonn' }), version: null } as unknown as RelayEvent
    expect(judge(event, plan())).toEqual({ kind: 'valid', event })
  })

  it('of an older version is brought forward step by step, its id and time kept', () => {
    const given = track('moved', { town: 'Bonn' }, 1)
    const { event } = judge(given, plan()) as { event: RelayEvent }
    expect(event).toEqual({ ...given, data: { city: 'Bonn' }, version: 3 })
    expect(given).toMatchObject({ data: { town: 'Bonn' }, version: 1 })
  })

  it('of an older version without an upcaster goes as it is, where today takes it', () => {
    const event = track('seen', { page: '/' }, 1)
    expect(judge(event, plan())).toEqual({ kind: 'valid', event })
  })

  it('of an older version that today does not take is invalid, with both versions named', () => {
    const judged = judge(track('seen', { site: '/' }, 1), plan())
    expect(judged).toMatchObject({ kind: 'invalid' })
    expect(judged).toHaveProperty(
      'fault',
      expect.stringContaining('version 1, checked as version 2'),
    )
  })

  it('of a newer version is held, whatever it looks like', () => {
    expect(judge(track('seen', { page: '/' }, 3), plan())).toEqual({
      kind: 'newer',
      fault:
        'it has version 3 of seen, the worker knows 2; deploy a worker with the newer tracking plan',
    })
  })

  it.each([0, -7, 1.5, '2'])(
    'whose version is not a whole number from 1 is invalid: %j',
    (version) => {
      const event = { ...track('moved', { city: 'Bonn' }), version } as unknown as RelayEvent
      const fault = 'the version of moved is not a whole number from 1'
      expect(judge(event, plan())).toEqual({ kind: 'invalid', fault })
    },
  )

  it('whose fault is told shows no value', () => {
    const judged = judge(track('moved', { city: 4711, secret: 'anna@example.com' }), plan())
    const { fault } = judged as { fault: string }
    expect(fault).toContain('data.city: expected string (it is a number)')
    expect(fault).not.toMatch(/4711|anna/)
  })

  it('whose upcaster throws is invalid', () => {
    const judged = judge(track('moved', null as unknown as object, 1), plan())
    expect(judged.kind).toBe('invalid')
  })
})

describe('an upcaster', () => {
  /** A plan whose event is brought from version 1 to version 2 by this. */
  const upcasting = (upcast: unknown, checks: Checks, schema: z.ZodObject = z.looseObject({})) =>
    defineTrackingPlan({
      events: [
        defineEvent({
          name: 'moved',
          description: 'A test.',
          version: 2,
          schema,
          upcasters: { 1: upcast as () => Record<string, unknown> },
          checks,
        }),
      ],
      attributes: defineAttributes({ description: 'A test.', schema: z.strictObject({}) }),
    })
  const withThen = (then: unknown): Record<string, unknown> =>
    Object.fromEntries(['then'].map((name) => [name, then]))
  class Town {
    readonly city = 'Bonn'
  }
  const results: [string, () => unknown][] = [
    ['a Promise', async () => Promise.resolve({ city: 'Bonn' })],
    ['a Promise that is broken', async () => Promise.reject(new Error('gone'))],
    ['a thenable', () => withThen(() => undefined)],
    ['nothing', () => undefined],
    ['null', () => null],
    ['a list', () => []],
    ['a text', () => 'Bonn'],
    ['a Date', () => new Date(0)],
    ['an instance', () => new Town()],
    ['what JSON does not have', () => ({ city: 1n })],
    ['what is another thing as JSON', () => ({ city: 'Bonn', toJSON: () => [] })],
  ]

  it.each(results)(
    'that gives %s makes the event invalid, whatever the checks are',
    (_, upcast) => {
      for (const checks of ['strict', 'warn', 'off'] as const) {
        expect(judge(track('moved', { town: 'Bonn' }, 1), upcasting(upcast, checks))).toEqual({
          kind: 'invalid',
          fault: 'bringing it from version 1 to 2 gave no plain object of JSON',
        })
      }
    },
  )

  it('gives what JSON makes of its result, with or without a prototype', () => {
    const bare = Object.assign(Object.create(null) as object, { city: 'Bonn', zip: undefined })
    const judged = judge(
      track('moved', {}, 1),
      upcasting(() => bare, 'strict'),
    )
    expect(judged).toStrictEqual({ kind: 'valid', event: track('moved', { city: 'Bonn' }, 2) })
  })

  it('may give a field of the name then', () => {
    const judged = judge(
      track('moved', {}, 1),
      upcasting(() => withThen('soon'), 'strict'),
    )
    expect(judged).toMatchObject({ kind: 'valid', event: { data: withThen('soon') } })
  })

  it('cannot be asynchronous', () => {
    const parts = { name: 'a', description: 'A test.', version: 2, schema: z.looseObject({}) }
    // @ts-expect-error -- a Promise is no data
    const made = defineEvent({ ...parts, upcasters: { 1: async (data) => Promise.resolve(data) } })
    expect(made.name).toBe('a')
  })
})

describe('an identify', () => {
  const identify = (attributes: object, version?: number): RelayEvent =>
    ({
      op: 'identify',
      ...base,
      attributes,
      ...(version === undefined ? {} : { version }),
    }) as RelayEvent
  const attributes = defineAttributes({
    description: 'A test.',
    version: 2,
    schema: z.strictObject({ city: z.string() }),
    upcasters: { 1: ({ town }) => ({ city: town }) },
  })
  const second = defineTrackingPlan({ events: [], attributes })

  it('of a newer version is held: the service knows an attribute that the worker does not', () => {
    expect(judge(identify({ colour: 'red' }, 3), second)).toEqual({
      kind: 'newer',
      fault:
        'it has version 3 of identify, the worker knows 2; deploy a worker with the newer tracking plan',
    })
    expect(judge(identify({ city: 'Bonn' }, 2), plan()).kind).toBe('newer')
  })

  it('of an older version is brought forward', () => {
    const given = identify({ town: 'Bonn' }, 1)
    const judged = judge(given, second)
    expect(judged).toEqual({ kind: 'valid', event: identify({ city: 'Bonn' }, 2) })
  })

  it('without a version is checked as one of today', () => {
    expect(judge(identify({ city: 'Bonn' }), second).kind).toBe('valid')
    expect(judge(identify({ town: 'Bonn' }), second).kind).toBe('invalid')
  })
})

describe('an event that a service knows and the worker does not', () => {
  it('is held when a plan has checked it, with both ways out, and invalid when none has', () => {
    expect(judge(track('quiz_taken', {}, 1), plan())).toEqual({
      kind: 'newer',
      fault:
        "a producer knows quiz_taken, the worker's tracking plan does not; deploy a worker with the newer tracking plan, or name quiz_taken in its retired events",
    })
    expect(judge(track('quiz_taken', {}), plan()).kind).toBe('invalid')
  })

  it.each([null, 0, -1, 1.5, '1', 'x', true, {}])(
    'is invalid where its version is none that a plan gives: %j',
    (version) => {
      const event = { ...track('quiz_taken', {}), version } as unknown as RelayEvent
      const fault = 'the tracking plan has no event quiz_taken'
      expect(judge(event, plan())).toEqual({ kind: 'invalid', fault })
    },
  )

  it.each<Checks>(['strict', 'warn', 'off'])(
    'is invalid once the plan has retired it, where unknown events are %s',
    (unknownEvents) => {
      const retiring = defineTrackingPlan({
        extends: plan(undefined, unknownEvents),
        events: [],
        retired: ['quiz_taken'],
      })
      const fault = 'the tracking plan has retired quiz_taken'
      for (const version of [undefined, 1, 7]) {
        expect(judge(track('quiz_taken', {}, version), retiring)).toEqual({
          kind: 'invalid',
          fault,
        })
      }
    },
  )

  it.each<[Checks, string]>([
    ['warn', 'tolerated'],
    ['off', 'valid'],
  ])('goes where the plan says %s', (unknownEvents, kind) => {
    expect(judge(track('quiz_taken', {}, 1), plan(undefined, unknownEvents)).kind).toBe(kind)
  })
})

describe('a fault', () => {
  it.each<[Checks | undefined, string]>([
    [undefined, 'invalid'],
    ['strict', 'invalid'],
    ['warn', 'tolerated'],
    ['off', 'valid'],
  ])('where the definition says %s: %s', (checks, kind) => {
    expect(judge(track('moved', {}, 3), plan(checks)).kind).toBe(kind)
    const identify = { op: 'identify', ...base, attributes: { town: 'Bonn' } } as RelayEvent
    expect(judge(identify, plan(checks)).kind).toBe(kind)
  })

  it('is none of an operation that has no definition', () => {
    const event = { op: 'delete', ...base } as RelayEvent
    expect(judge(event, plan())).toEqual({ kind: 'valid', event })
  })
})

describe('a time', () => {
  const MINUTE_MS = 60_000
  const event = track('moved', { city: 'Bonn' }, 3)
  const judgedAhead = (aheadMs: number, checks: Checks = 'strict') =>
    judge(event, plan(checks), event.occurredAt - aheadMs)

  it.each([-365 * 24 * 60 * MINUTE_MS, 0, 5 * MINUTE_MS])(
    'so much ahead of the worker is nothing to speak of, and stays: %i ms',
    (aheadMs) => {
      expect(judgedAhead(aheadMs)).toEqual({ kind: 'valid', event })
    },
  )

  it.each([5 * MINUTE_MS + 1, 65 * MINUTE_MS])(
    'that a producer with another clock may have let in is delivered as it is, and told: %i ms',
    (aheadMs) => {
      const minutes = Math.floor(aheadMs / MINUTE_MS)
      expect(judgedAhead(aheadMs)).toEqual({
        kind: 'tolerated',
        event,
        fault: `occurredAt is ${minutes} minutes ahead of the worker's clock`,
      })
    },
  )

  it.each<Checks>(['strict', 'warn', 'off'])(
    'that cannot be is invalid, also with %s',
    (checks) => {
      expect(judgedAhead(65 * MINUTE_MS + 1, checks).kind).toBe('invalid')
      const early = { ...event, occurredAt: Date.UTC(2015, 0, 1) - 1 }
      const fault = 'occurredAt is before 2015'
      expect(judge(early, plan(checks))).toEqual({ kind: 'invalid', fault })
      expect(judge({ ...early, occurredAt: early.occurredAt + 1 }, plan(checks)).kind).toBe('valid')
    },
  )

  it('of an identify that cannot be is invalid', () => {
    const identify = { op: 'identify', ...base, attributes: { city: 'Bonn' } } as RelayEvent
    expect(judge(identify, plan(), base.occurredAt - 24 * 60 * MINUTE_MS).kind).toBe('invalid')
  })

  it('hides no fault of the data', () => {
    const odd = track('moved', {}, 3)
    const judged = judge(odd, plan('warn'), odd.occurredAt - 6 * MINUTE_MS)
    expect(judged).toHaveProperty('fault', expect.stringContaining('data.city'))
  })
})

describe('a limit of the destination', () => {
  const loose = (checks: Checks) =>
    defineTrackingPlan({
      events: [
        defineEvent({
          name: 'moved',
          description: 'A test.',
          version: 2,
          schema: z.looseObject({}),
          upcasters: { 1: () => ({ city: 'b'.repeat(32_000) }) },
          checks,
        }),
      ],
      attributes: defineAttributes({ description: 'A test.', schema: z.looseObject({}), checks }),
      unknownEvents: checks === 'strict' ? 'warn' : checks,
    })

  it.each<[string, RelayEvent, string]>([
    [
      'customer id',
      { op: 'delete', ...base, customerId: 'c'.repeat(151) },
      'customerId has 151 bytes, the limit is 150',
    ],
    ['name', track('m'.repeat(101), {}), 'name has 101 bytes, the limit is 100'],
    [
      'attribute',
      { op: 'identify', ...base, attributes: { note: 'x'.repeat(1001) } },
      'attributes.note has 1001 bytes, the limit is 1000',
    ],
    ['whole', track('moved', { note: 'x'.repeat(32_000) }), 'event has 32'],
    [
      'device',
      { op: 'delete_device', ...base, device: { token: 'x'.repeat(32_000) } },
      'event has 32',
    ],
    ['result of an upcaster', track('moved', {}, 1), 'event has 32'],
  ])('makes an event whose %s is over it invalid, whatever the checks are', (_, event, fault) => {
    for (const checks of ['strict', 'warn', 'off'] as const) {
      const judged = judge(event, loose(checks))
      expect(judged.kind).toBe('invalid')
      expect(judged).toHaveProperty('fault', expect.stringContaining(`Customer.io: ${fault}`))
    }
  })

  it('lets pass what is just within', () => {
    const within = track('moved', { note: 'x'.repeat(31_000) })
    expect(judge(within, loose('strict'))).toEqual({ kind: 'valid', event: within })
  })
})
