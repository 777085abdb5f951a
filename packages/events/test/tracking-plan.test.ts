// Plans: extending, overriding, and what a plan with a fault says.
import { describe, expect, it } from 'vitest'
import * as z from 'zod'

import {
  defineAttributes,
  defineEvent,
  defineTrackingPlan,
  eventDefinitions,
  findDefinition,
  retentionPlan,
} from '../src/index.ts'
import type { ObjectSchema } from '../src/index.ts'

const make = (name: string, schema: ObjectSchema = z.strictObject({}), version = 1) =>
  defineEvent({ name, description: 'A test.', version, schema })

const attributes = defineAttributes({ description: 'A test.', schema: z.strictObject({}) })

const faultsOf = (events: ReturnType<typeof make>[]): string => {
  try {
    defineTrackingPlan({ events, attributes })
    return ''
  } catch (error) {
    expect(error).toMatchObject({ code: 'RELAY_CONFIG_INVALID' })
    return (error as Error).message
  }
}

describe('a plan', () => {
  it('finds a definition by its name, and none under a name that every object has', () => {
    const plan = defineTrackingPlan({ events: [make('quiz_taken')], attributes })
    expect(findDefinition(plan, 'quiz_taken')?.name).toBe('quiz_taken')
    for (const name of ['toString', '__proto__', 'order_placed']) {
      expect(findDefinition(plan, name)).toBeUndefined()
    }
  })

  it('that extends another has all of it, and its own definition of a name that both have', () => {
    const own = make('order_placed', z.strictObject({ number: z.number() }), 2)
    const plan = defineTrackingPlan({ extends: retentionPlan, events: [own, make('quiz_taken')] })
    expect(findDefinition(plan, 'order_placed')).toBe(own)
    expect(eventDefinitions(plan)).toHaveLength(eventDefinitions(retentionPlan).length + 1)
    expect(plan.attributes).toBe(retentionPlan.attributes)
    expect(eventDefinitions(retentionPlan)).not.toContain(own)
  })

  it('refuses unknown events unless it says otherwise, also for a plan that extends it', () => {
    const lenient = defineTrackingPlan({ events: [], attributes, unknownEvents: 'warn' })
    const child = defineTrackingPlan({ extends: lenient, events: [] })
    const strict = defineTrackingPlan({ extends: lenient, events: [], unknownEvents: 'strict' })
    expect(retentionPlan.unknownEvents).toBe('strict')
    expect([child.unknownEvents, strict.unknownEvents]).toEqual(['warn', 'strict'])
  })

  it('has the retired events of the plan that it extends, without those that it defines again', () => {
    const base = defineTrackingPlan({ events: [], attributes, retired: ['a', 'b'] })
    const child = defineTrackingPlan({ extends: base, events: [make('b')], retired: ['c'] })
    expect(child.retired).toEqual(['a', 'c'])
    expect(retentionPlan.retired).toEqual([])
  })

  it('that extends another can retire an event of it, also one that others of it supersede', () => {
    const plan = defineTrackingPlan({
      extends: retentionPlan,
      events: [],
      retired: ['order_delivered', 'checkout_started'],
    })
    expect(findDefinition(plan, 'order_delivered')).toBeUndefined()
    expect(eventDefinitions(plan)).toHaveLength(eventDefinitions(retentionPlan).length - 2)
    expect(plan.retired).toEqual(['order_delivered', 'checkout_started'])
    expect(findDefinition(plan, 'order_placed')?.supersedes).toContain('checkout_started')
    const again = defineTrackingPlan({ extends: plan, events: [make('order_delivered')] })
    expect(findDefinition(again, 'order_delivered')?.description).toBe('A test.')
    expect(again.retired).toEqual(['checkout_started'])
  })

  it('cannot retire what it defines itself, nor anything but names', () => {
    const parts = { events: [make('a')], attributes }
    expect(() => defineTrackingPlan({ ...parts, retired: ['a'] })).toThrow(
      'a is retired and stands in it: leave one out.',
    )
    const own = { extends: retentionPlan, events: [make('order_placed')] }
    expect(() => defineTrackingPlan({ ...own, retired: ['order_placed'] })).toThrow(
      'order_placed is retired and stands in it: leave one out.',
    )
    for (const retired of ['a', [7], {}, null]) {
      const lax = { ...own, retired: retired as unknown as string[] }
      expect(() => defineTrackingPlan(lax)).toThrow('retired must be a list of names of events.')
    }
  })

  it('lists all of its faults at once', () => {
    const message = faultsOf([
      make('a', undefined, 0),
      make('b'),
      make('b'),
      make('c', undefined, 1.5),
    ])
    expect(message).toContain('The version of a must be a whole number from 1.')
    expect(message).toContain('The version of c must be a whole number from 1.')
    expect(message).toContain('b stands in it twice')
  })

  it('lists what only a module without types can do, too', () => {
    const lax = (parts: unknown) => defineTrackingPlan(parts as { events: []; attributes: never })
    const note = { name: 'note', version: 1, schema: {}, checks: 'loose' }
    expect(() => lax({ events: [note], unknownEvents: 'loose' })).toThrow(
      "The tracking plan has faults. description of note must be a text: when a service sends it. The schema of note is no schema of zod 4: write one with z.strictObject. checks of note must be 'strict', 'warn' or 'off'. The attributes must be what defineAttributes returns. unknownEvents must be 'strict', 'warn' or 'off'.",
    )
  })

  it('refuses an event that supersedes one which may wait for ever: tombstones have an end', () => {
    const bought = { ...make('bought'), supersedes: ['looked'] }
    const fault =
      "bought supersedes looked, which must have staleAfterMs and onStale 'dead-letter'."
    for (const ages of [{}, { staleAfterMs: 1 }, { onStale: 'dead-letter' }] as const) {
      expect(faultsOf([bought, { ...make('looked'), ...ages }])).toContain(fault)
    }
    const ages = { staleAfterMs: 1, onStale: 'dead-letter' } as const
    expect(faultsOf([bought, { ...make('looked'), ...ages }])).toBe('')
  })

  it('refuses names that no event can be sent under', () => {
    for (const name of ['', '  ', 'ж'.repeat(51)]) {
      expect(faultsOf([make(name)])).toContain(
        `No event may be called '${name}': give it a name that is not empty, of at most 100 bytes.`,
      )
    }
    expect(faultsOf([make('ж'.repeat(50))])).toBe('')
  })

  it('refuses a schema that holds itself, by name: its fields have no end', () => {
    const tree = z.strictObject({
      name: z.string(),
      get parts() {
        return z.array(tree)
      },
    })
    const message = faultsOf([
      make('a', z.strictObject({ tree })),
      make('b', z.strictObject({ x: z.json() })),
    ])
    for (const name of ['a', 'b']) {
      expect(message).toContain(`The schema of ${name} holds itself`)
    }
  })

  it.each<[string, z.ZodType, string]>([
    ['z.coerce', z.coerce.number().int(), 'convert before the call'],
    ['z.coerce', z.coerce.date(), 'convert before the call'],
    ['.default()', z.string().default('x'), 'leave it out'],
    ['.prefault()', z.string().prefault('x'), 'leave it out'],
    ['.catch()', z.string().catch('x'), 'leave it out'],
    ['.catch()', z.string().catch(({ issues }) => issues[0]?.message ?? ''), 'leave it out'],
    ['a transform', z.string().transform(Number), 'convert before the call'],
    ['a transform', z.preprocess(Number, z.number()), 'convert before the call'],
    ['a transform', z.stringbool(), 'convert before the call'],
    ['a transform', z.string().pipe(z.string()), 'convert before the call'],
    [
      'a transform',
      z.codec(z.string(), z.number(), { decode: Number, encode: String }),
      'convert before the call',
    ],
    ['a check that rewrites', z.string().trim().min(1), 'convert before the call'],
    ['a check that rewrites', z.email().toLowerCase(), 'convert before the call'],
    ['a check that rewrites', z.url({ normalize: true }), 'convert before the call'],
  ])('refuses %s at any depth: the worker sends what is stored', (what, type, remedy) => {
    const at = (field: z.ZodType, path: string) => {
      const message = faultsOf([make('a', z.strictObject({ x: field }))])
      expect(message).toContain(`The schema of a has ${what}`)
      expect(message).toContain(` at #/properties/x${path}, which changes the data: ${remedy}`)
    }
    at(type, '')
    at(type.optional(), '')
    at(z.lazy(() => type).readonly(), '')
    at(type.nullable(), '')
    at(z.array(type), '/items')
    at(z.tuple([z.int(), type]), '/prefixItems/1')
    at(z.record(z.string(), type), '/additionalProperties')
    at(z.union([z.boolean(), type]), '/anyOf/1')
    at(z.strictObject({ y: type.meta({ description: 'Some.' }) }), '/properties/y')
  })

  it('refuses z.object at any depth, which would drop a renamed field silently', () => {
    const stripping = z.object({ y: z.string() })
    for (const schema of [
      stripping,
      z.strictObject({ x: z.array(stripping.optional()) }),
      z.looseObject({ x: z.union([z.strictObject({}), stripping]) }),
      z.strictObject({ x: z.lazy(() => z.intersection(z.looseObject({}), stripping)) }),
    ]) {
      const message = faultsOf([make('a', schema)])
      expect(message).toMatch(/The schema of a has z\.object at #\/.*: write z\.strictObject, or/)
    }
    expect(faultsOf([make('a', stripping.strict()), make('b', stripping.loose())])).toBe('')
    expect(faultsOf([make('a', stripping.catchall(z.int()))])).toBe('')
  })

  it('takes a schema that only judges', () => {
    const x = z
      .string()
      .min(1)
      .refine((text) => text !== 'x')
    expect(faultsOf([make('a', z.strictObject({ x: x.optional(), y: z.url().nullable() }))])).toBe(
      '',
    )
  })

  it.each<[string, ObjectSchema]>([
    ['a Date', z.strictObject({ x: z.date() })],
    ['a BigInt', z.strictObject({ x: z.bigint() })],
  ])('refuses a schema with %s, which the worker could not check again', (_what, schema) => {
    expect(faultsOf([make('a', schema)])).toMatch(/The schema of a cannot be told as JSON Schema/)
  })
})
