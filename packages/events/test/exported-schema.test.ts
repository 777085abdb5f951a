// The exported schemas and zod judge alike: a service in another language checks by the one, the worker by the other. The
// payloads are drawn from a seed; a disagreement prints the payload that shows it.

import { Random, spoiltValue, validValue } from '@retention-relay/testkit'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { describe, expect, it } from 'vitest'

import {
  eventDefinitions,
  exportedSchemaOf,
  exportedUnitOf,
  JOB_SCHEMA,
  retentionPlan,
} from '../src/index.ts'
import type { JsonSchema, ObjectSchema } from '../src/index.ts'
import { EVENTS } from './events.ts'

const PAYLOADS = 200
/** Odd ones hit a given field seldom. */
const ODD_PAYLOADS = 1000

const schemas: readonly (readonly [string, ObjectSchema])[] = [
  ...eventDefinitions(retentionPlan).map(({ name, schema }) => [name, schema] as const),
  ['identify', retentionPlan.attributes.schema],
]

/** Strict: a keyword that the standard does not have, or one beside the wrong type, is an error. */
function compile(schema: JsonSchema): ValidateFunction {
  const ajv = new Ajv2020({ strict: true, allErrors: true })
  addFormats.default(ajv)
  return ajv.compile(schema)
}

/** What both say of a payload as it travels. */
function judgesOf(schema: ObjectSchema): (payload: unknown) => { zod: boolean; ajv: boolean } {
  const validate = compile(exportedSchemaOf(schema))
  return (payload) => {
    const travelled: unknown = JSON.parse(JSON.stringify(payload))
    return { zod: schema.safeParse(travelled).success, ajv: validate(travelled) }
  }
}

describe.each(schemas)('%s', (name, schema) => {
  const judge = judgesOf(schema)
  const exported = exportedSchemaOf(schema)

  it(`has ${PAYLOADS} generated valid payloads that zod and the exported schema take`, () => {
    const random = new Random(6, `valid ${name}`)
    for (let drawn = 0; drawn < PAYLOADS; drawn += 1) {
      const payload = validValue(exported, random)
      expect({ payload, ...judge(payload) }).toEqual({ payload, zod: true, ajv: true })
    }
  })

  it(`has ${PAYLOADS} payloads with one fault that zod and the exported schema refuse`, () => {
    const random = new Random(6, `spoilt ${name}`)
    for (let drawn = 0; drawn < PAYLOADS; drawn += 1) {
      const { fault, value } = spoiltValue(exported, validValue(exported, random), random)
      expect({ fault, value, ...judge(value) }).toEqual({ fault, value, zod: false, ajv: false })
    }
  })

  it(`has ${ODD_PAYLOADS} payloads with an odd field somewhere that both judge alike`, () => {
    const random = new Random(6, `odd ${name}`)
    for (let drawn = 0; drawn < ODD_PAYLOADS; drawn += 1) {
      const payload = withOddValue(validValue(exported, random), random)
      const { zod, ajv } = judge(payload)
      expect({ payload, ajv }).toEqual({ payload, ajv: zod })
    }
  })
})

/** Values on which judges of one schema like to part. */
const ODD: readonly unknown[] = [
  '😀'.repeat(76),
  '😀'.repeat(150),
  '😀'.repeat(151),
  '\uD800',
  '',
  '\n',
  ' ',
  'anna@foo-.example',
  'anna@-foo.example',
  '.anna@example.com',
  'a..b@example.com',
  'änna@example.com',
  'a@b.c',
  'http://[',
  'https://shop.example/\u00A0',
  'https://😀',
  'EUR\n',
  'ÉUR',
  '+4930123456\n',
  'de_DE',
  '2026-01-31',
  0,
  -0,
  0.1,
  1.0,
  -1,
  2 ** 53,
  2 ** 53 - 1,
  1e21,
  1e300,
  5e-324,
  9_999_999_999,
  10_000_000_000,
  null,
  true,
  [],
  [null],
  {},
  { length: 1 },
]

const FOREIGN = ['colour', 'cartId', 'toString', '__proto__', 'length']

/** Mostly of the type of the value itself: what is of another type, both refuse at the first look. */
function withOddValue(value: unknown, random: Random): unknown {
  const like = ODD.filter((odd) => typeof odd === typeof value)
  if (typeof value !== 'object' || value === null || random.chance(0.1)) {
    return random.pick(like.length > 0 && random.chance(0.8) ? like : ODD)
  }
  const keys = Object.keys(value)
  if (keys.length === 0 || random.chance(0.1)) {
    return Array.isArray(value) ? [] : { ...value, [random.pick(FOREIGN)]: random.pick(ODD) }
  }
  const key = random.pick(keys)
  const inner = withOddValue((value as Record<string, unknown>)[key], random)
  return Array.isArray(value) ? value.with(Number(key), inner) : { ...value, [key]: inner }
}

describe('an exported schema', () => {
  it('keeps the unit of a number in its description', () => {
    const { value, currency } = exportedSchemaOf(retentionPlan.events.order_placed.schema)
      .properties as Record<string, JsonSchema>
    expect(value?.description).toBe('Amount. Unit: major units of the currency.')
    expect(exportedUnitOf(value ?? {})).toBe('major units of the currency')
    expect(exportedUnitOf(currency ?? {})).toBeNull()
  })
})

describe('the schema of the job format', () => {
  it.each(Object.entries(EVENTS))('is taken by a strict validator, and takes %s', (_, event) => {
    const validate = compile(JOB_SCHEMA)
    expect(validate({ v: 1, ns: 'production', events: [event] })).toBe(true)
    expect(validate({ v: 1, ns: 'production', events: [{ ...event, id: 'o-981' }] })).toBe(false)
  })
})
