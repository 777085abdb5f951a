// What a change of the plan breaks, change by change. Both plans go the way that they go in CI: through their export.

import { defineAttributes, defineEvent, defineTrackingPlan } from '@retention-relay/events'
import type { Checks, IdempotencyKey } from '@retention-relay/events'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'

import { diffPlans, exportPlan } from '../../../src/index.ts'
import type { ExportedPlan, PlanChange } from '../../../src/index.ts'

const text = z.string().meta({ description: 'Words.' })
const euro = z.number().meta({ description: 'Amount.', unit: 'euro' })
const line = z.strictObject({ sku: text, quantity: z.int() })

type Fields = Record<string, z.ZodType>

const FIELDS: Fields = {
  cart_id: text.meta({ description: 'The cart.' }),
  cart_value: euro,
  reason: z.enum(['late', 'lost']),
  lines: z.array(line).max(5),
  note: text.optional(),
  coupon: text.nullable(),
}

interface Changed {
  readonly fields?: Fields
  readonly version?: number
  readonly name?: string
  readonly description?: string
  readonly key?: IdempotencyKey<Record<string, unknown>>
}

function planOf(changed: Changed = {}, others: readonly string[] = []): ExportedPlan {
  const { fields = FIELDS, version = 1, name = 'cart_left' } = changed
  const make = (of: string, description: string): ReturnType<typeof defineEvent> => {
    const schema = z.strictObject(fields)
    const critical = Object.keys(fields).filter((field) => field === 'cart_value')
    const keyed = changed.key === undefined ? {} : { idempotencyKey: changed.key }
    return defineEvent({ name: of, description, version, schema, critical, ...keyed })
  }
  const events = [
    make(name, changed.description ?? 'A cart was left.'),
    ...others.map((other) => make(other, `About ${other}.`)),
  ]
  const attributes = defineAttributes({ description: 'All.', schema: z.strictObject({}) })
  return exportPlan(defineTrackingPlan({ events, attributes }))
}

/** The fields with some of them changed; what is undefined is left out. */
function withFields(changes: Record<string, z.ZodType | undefined>): Fields {
  const all: Record<string, z.ZodType | undefined> = { ...FIELDS, ...changes }
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, type]) => (type === undefined ? [] : [[name, type]])),
  )
}

function diff(changes: Record<string, z.ZodType | undefined>): readonly PlanChange[] {
  return diffPlans(planOf(), planOf({ fields: withFields(changes), version: 2 }))
}

it('finds nothing between a plan and itself', () => {
  expect(diffPlans(planOf(), planOf())).toEqual([])
})

describe('a breaking change is', () => {
  it.each<[string, Record<string, z.ZodType | undefined>, Partial<PlanChange>]>([
    ['a field that is gone', { note: undefined }, { path: 'note', kind: 'removed' }],
    [
      'a renamed field',
      { cart_value: undefined, cartTotal: euro },
      { path: 'cart_value', kind: 'renamed', text: 'renamed to cartTotal', isCritical: true },
    ],
    [
      'a field that is spelled differently',
      { cart_id: undefined, cartId: text },
      { path: 'cart_id', kind: 'renamed', text: 'renamed to cartId' },
    ],
    [
      'a field with the same description under a name that has nothing in common',
      { cart_value: undefined, sum: euro },
      { path: 'cart_value', kind: 'renamed', text: 'renamed to sum' },
    ],
    [
      'a field of another type',
      { cart_value: text },
      { path: 'cart_value', kind: 'retyped', text: 'number became string' },
    ],
    ['a list that becomes a text', { lines: text }, { path: 'lines', kind: 'retyped' }],
    [
      'a field of another unit',
      { cart_value: euro.meta({ description: 'Amount.', unit: 'cents' }) },
      { path: 'cart_value', kind: 'unit', text: 'its unit euro became cents' },
    ],
    ['a new required field', { colour: z.boolean() }, { path: 'colour', kind: 'added' }],
    ['an optional field that is required now', { note: text }, { path: 'note', kind: 'required' }],
    [
      'a narrower list of values',
      { reason: z.enum(['late']) },
      { path: 'reason', kind: 'tightened', text: 'no longer takes "lost"' },
    ],
    ['a list of values where there was none', { cart_id: z.enum(['a']) }, { kind: 'tightened' }],
    ['a higher least', { cart_value: euro.min(1) }, { path: 'cart_value', kind: 'tightened' }],
    ['a lower most', { lines: z.array(line).max(2) }, { path: 'lines', kind: 'tightened' }],
    ['a pattern', { cart_id: text.regex(/^c/) }, { path: 'cart_id', kind: 'tightened' }],
    ['a null that is no longer taken', { coupon: text }, { path: 'coupon', kind: 'tightened' }],
    [
      'a change in the objects of a list',
      { lines: z.array(z.strictObject({ quantity: z.int() })).max(5) },
      { path: 'lines[].sku', kind: 'removed' },
    ],
  ])('%s', (_what, changes, expected) => {
    const found = diff(changes).filter(({ isBreaking }) => isBreaking)
    expect(found).toHaveLength(1)
    expect(found[0]).toMatchObject({ event: 'cart_left', ...expected })
  })
})

describe('harmless is', () => {
  it.each<[string, Record<string, z.ZodType | undefined>]>([
    ['a new optional field', { colour: z.boolean().optional() }],
    ['a required field that is optional now', { cart_value: euro.optional() }],
    ['a wider list of values', { reason: z.enum(['late', 'lost', 'other']) }],
    ['any text where there was a list of values', { reason: z.string() }],
    [
      'a number where a whole number was',
      { lines: z.array(line.extend({ quantity: z.number() })).max(5) },
    ],
    ['a higher most', { lines: z.array(line).max(9) }],
    ['a null that is taken now', { note: text.nullable().optional() }],
    ['another sentence', { note: z.string().meta({ description: 'Other words.' }).optional() }],
  ])('%s', (_what, changes) => {
    expect(diff(changes).filter(({ isBreaking }) => isBreaking)).toEqual([])
  })

  it('what was breaking, the other way round: a bound, a pattern, a further field', () => {
    const narrow = withFields({ cart_value: euro.min(1), cart_id: text.regex(/^c/) })
    const changes = diffPlans(planOf({ fields: narrow }), planOf({ version: 2 }))
    expect(changes.map(({ kind }) => kind)).toEqual(['loosened', 'loosened'])
    expect(changes.some(({ isBreaking }) => isBreaking)).toBe(false)
  })
})

describe('of several changes', () => {
  it('a rename takes the likest name, and the others are gone and new', () => {
    const changes = diff({
      cart_value: undefined,
      note: undefined,
      cart_total_value: euro.meta({ description: 'Another sentence.' }),
      cart_worth: euro.meta({ description: 'A third one.' }).optional(),
    })
    expect(changes.map(({ path, text: what }) => `${path}: ${what}`)).toEqual([
      'cart_value: renamed to cart_total_value',
      'note: removed',
      'cart_worth: added, optional',
    ])
  })

  it('fields of another type are no rename', () => {
    const kinds = diff({ cart_value: undefined, cart_values: text }).map(({ kind }) => kind)
    expect(kinds).toEqual(['removed', 'added'])
  })

  it('breaking ones come first, and critical ones first among them', () => {
    const changes = diff({ colour: text.optional(), cart_id: z.int(), cart_value: text })
    expect(changes.map(({ path }) => path)).toEqual(['cart_value', 'cart_id', 'colour'])
  })
})

it('a mark of a group holds for what is in it, and a group that is gone takes its marks along', () => {
  const plan = (schema: z.ZodObject, critical: readonly string[]): ExportedPlan => {
    const parts = { description: 'All.', schema, critical }
    return exportPlan(defineTrackingPlan({ events: [], attributes: defineAttributes(parts) }))
  }
  const all = z.strictObject({ home: z.strictObject({ city: text, zip: text }) })
  const less = z.strictObject({ home: z.strictObject({ city: text }) })
  const [gone] = diffPlans(plan(all, ['home']), plan(less, ['home']))
  expect(gone).toMatchObject({ path: 'home.zip', isCritical: true })
  const [group] = diffPlans(plan(all, ['home.zip']), plan(z.strictObject({}), []))
  expect(group).toMatchObject({ path: 'home', isCritical: true })
})

describe('an event', () => {
  it('that is gone is breaking, a new one is harmless', () => {
    const changes = diffPlans(planOf({}, ['sold']), planOf({}, ['quiz_taken']))
    expect(changes).toMatchObject([
      { event: 'sold', kind: 'event_removed', isBreaking: true },
      { event: 'quiz_taken', kind: 'event_added', isBreaking: false },
    ])
  })

  it('that is gone or renamed says what becomes of those that wait', () => {
    const textOf = (changed: ExportedPlan, retired: readonly string[], unknownEvents: Checks) => {
      const { index } = changed
      const now = { ...changed, index: { ...index, retired, unknownEvents } }
      return diffPlans(planOf({}, ['sold']), now).map(({ text: said }) => said)[0]
    }
    const held = 'those that wait hold their partitions until the plan names it in retired'
    const dead = 'those that wait become dead letters, since it is retired'
    expect(textOf(planOf(), [], 'strict')).toBe(`removed: ${held}`)
    expect(textOf(planOf(), ['sold'], 'strict')).toBe(`removed: ${dead}`)
    expect(textOf(planOf(), [], 'warn')).toBe('removed')
    const renamed = planOf({ name: 'cartLeft' }, ['sold'])
    expect(textOf(renamed, [], 'strict')).toBe(`renamed to cartLeft: ${held}`)
    expect(textOf(renamed, ['cart_left'], 'off')).toBe(`renamed to cartLeft: ${dead}`)
  })

  it('that is gone from an export of before there were retired events is read all the same', () => {
    const { index, schemas } = planOf()
    const { retired: _none, ...older } = index
    const now = { index: older as typeof index, schemas }
    expect(diffPlans(planOf({}, ['sold']), now)).toMatchObject([{ kind: 'event_removed' }])
  })

  it('that gains or loses its key is breaking', () => {
    const of = (data: Record<string, unknown>): string => String(data['cart_id'])
    const keyed = planOf({ key: { of, why: 'A cart is left once.' } })
    expect(diffPlans(planOf(), keyed)).toMatchObject([{ kind: 'key', isBreaking: true }])
    expect(diffPlans(keyed, planOf())).toMatchObject([{ kind: 'key', isBreaking: true }])
    expect(diffPlans(keyed, keyed)).toEqual([])
  })

  it('whose key is made of another field is breaking, where both have the same example', () => {
    const keyed = (field: string, fields: Fields = FIELDS): ExportedPlan =>
      planOf({ fields, key: { of: (data) => data[field] as string, why: 'A cart is left once.' } })
    const fields = (cart: string): Fields =>
      withFields({
        cart_id: text.meta({ description: 'The cart.', examples: [cart] }),
        note: text.meta({ description: 'Words.', examples: ['n-1'] }).optional(),
      })
    const before = keyed('cart_id', fields('c-1'))
    expect(diffPlans(before, keyed('note', fields('c-1')))).toMatchObject([
      {
        kind: 'key',
        isBreaking: true,
        text: 'its key of the same example was c-1 and is n-1 now',
      },
    ])
    expect(diffPlans(before, keyed('gone', fields('c-1')))[0]?.text).toContain('is none now')
    expect(diffPlans(before, keyed('cart_id', fields('c-2')))).toEqual([])
  })

  it('of an export without the keys of examples is not said to have another key', () => {
    const { index, schemas } = planOf({ key: { of: () => 'k', why: 'A cart is left once.' } })
    const events = index.events.map(({ exampleKey: _none, ...event }) => event)
    const older = { schemas, index: { ...index, events: events as unknown as typeof index.events } }
    expect(diffPlans(older, { index, schemas })).toEqual([])
    expect(diffPlans({ index, schemas }, older)).toEqual([])
  })

  it('whose fields belong together now is breaking, and harmless the other way round', () => {
    const loose = z.strictObject({ value: euro.optional(), currency: text.optional() })
    const together = loose.meta({ dependentRequired: { value: ['currency'] } })
    const plan = (schema: z.ZodObject): ExportedPlan => {
      const attributes = defineAttributes({ description: 'All.', schema })
      return exportPlan(defineTrackingPlan({ events: [], attributes }))
    }
    const [now, before] = [
      diffPlans(plan(loose), plan(together)),
      diffPlans(plan(together), plan(loose)),
    ]
    expect(now[0]).toMatchObject({
      isBreaking: true,
      text: 'currency is required beside value now',
    })
    expect(before[0]).toMatchObject({ kind: 'optional', isBreaking: false })
  })

  it('that is renamed is named so, and its fields are compared all the same', () => {
    const now = planOf({ name: 'cartLeft', fields: withFields({ note: undefined }), version: 2 })
    expect(diffPlans(planOf(), now)).toMatchObject([
      { event: 'cart_left', path: '', kind: 'event_renamed' },
      { event: 'cart_left', path: 'note', kind: 'removed' },
    ])
  })

  it('whose schema changed without a raised version is remarked, though nothing breaks', () => {
    const now = planOf({ fields: withFields({ colour: text.optional() }) })
    const changes = diffPlans(planOf(), now)
    expect(changes.map(({ kind, isBreaking }) => [kind, isBreaking])).toEqual([
      ['added', false],
      ['version', false],
    ])
    expect(changes[1]?.text).toContain('its version is still 1')
  })

  it('whose version goes back is remarked', () => {
    const changes = diffPlans(planOf({ version: 3 }), planOf({ version: 2 }))
    expect(changes).toMatchObject([{ kind: 'version', text: 'its version went back from 3 to 2' }])
  })
})

it('an event that demands an identify first from now on is breaking, one that only warns is not', () => {
  const plan = (identifyFirst: Checks): ExportedPlan => {
    const event = { name: 'quiz_taken', description: 'A quiz.', version: 1, identifyFirst } as const
    const schema = z.strictObject({ quiz: text })
    const attributes = defineAttributes({ description: 'All.', schema: z.strictObject({}) })
    return exportPlan(defineTrackingPlan({ events: [{ ...event, schema }], attributes }))
  }
  const kinds = (...plans: [ExportedPlan, ExportedPlan]) =>
    diffPlans(...plans).map(({ kind, isBreaking }) => [kind, isBreaking])
  expect(kinds(plan('warn'), plan('strict'))).toEqual([['identify_first', true]])
  expect(kinds(plan('off'), plan('warn'))).toEqual([])
  expect(kinds(plan('strict'), plan('strict'))).toEqual([])
  expect(kinds(plan('strict'), plan('off'))).toEqual([])
})

it('the attributes of identify are compared like an event', () => {
  const attributes = (fields: Fields): ExportedPlan => {
    const schema = z.strictObject(fields)
    const critical = Object.keys(fields)
    const described = defineAttributes({ description: 'All.', schema, critical })
    return exportPlan(defineTrackingPlan({ events: [], attributes: described }))
  }
  const changes = diffPlans(attributes({ vip_tier: text }), attributes({ vipTier: text }))
  expect(changes).toMatchObject([
    { event: 'identify', path: 'vip_tier', text: 'renamed to vipTier', isCritical: true },
    { event: 'identify', kind: 'version', isBreaking: false },
  ])
})

it('a tuple that changes cannot be compared, and counts as breaking', () => {
  const place = (second: z.ZodType): ExportedPlan =>
    planOf({ fields: { cart_value: euro, place: z.tuple([text, second]) } })
  const changes = diffPlans(place(z.number()), place(z.boolean()))
  expect(changes[0]).toMatchObject({ path: 'place', kind: 'retyped', isBreaking: true })
  expect(diffPlans(place(z.number()), place(z.number()))).toEqual([])
})

it('a union that changes cannot be compared, and counts as breaking', () => {
  const union = (other: z.ZodType): Fields => ({ value: z.union([text, z.int(), other]) })
  const changes = diffPlans(
    planOf({ fields: { ...union(z.boolean()), cart_value: euro } }),
    planOf({ fields: { ...union(z.null()), cart_value: euro }, version: 2 }),
  )
  expect(changes).toMatchObject([{ path: 'value', kind: 'retyped', isBreaking: true }])
})
