import { expect, test } from 'vitest'
import * as z from 'zod'

import { schemaFields } from '../src/index.ts'
import type { ObjectSchema } from '../src/index.ts'

/** Path of each field in order, `!` behind the ones that must be there. */
function pathsOf(schema: ObjectSchema): string[] {
  return schemaFields(schema).map(({ path, isRequired }) => `${path}${isRequired ? '!' : ''}`)
}

test('fields stand in the order of the schema, a group before its fields', () => {
  const address = z.strictObject({ city: z.string(), zip: z.string().optional() })
  const schema = z.strictObject({
    value: z.number(),
    address: address.optional(),
    note: z.string(),
  })
  expect(pathsOf(schema)).toEqual(['value!', 'address', 'address.city!', 'address.zip', 'note!'])
})

test('what a list holds is a field of its own, also in a list of lists', () => {
  const line = z.strictObject({ sku: z.string() })
  const schema = z.strictObject({ lines: z.array(line), grid: z.array(z.array(line)).optional() })
  expect(pathsOf(schema)).toEqual([
    'lines!',
    'lines[]',
    'lines[].sku!',
    'grid',
    'grid[]',
    'grid[][]',
    'grid[][].sku!',
  ])
})

test('an object or null is still that object: what it requires is required', () => {
  const schema = z.strictObject({ gift: z.strictObject({ text: z.string() }).nullable() })
  expect(pathsOf(schema)).toEqual(['gift!', 'gift.text!'])
})

test('in a choice of objects nothing is required, and a shared field comes with each of its schemas', () => {
  const schema = z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('card'), number: z.string() }),
    z.strictObject({ kind: z.literal('invoice'), number: z.number() }),
  ])
  expect(pathsOf(schema)).toEqual(['kind', 'number', 'kind', 'number'])
  expect(schemaFields(schema).map(({ schema: { type } }) => type)).toEqual([
    'string',
    'string',
    'string',
    'number',
  ])
})

test('in an object of a choice nothing is required, at any depth, unless only one branch is an object', () => {
  const detail = (field: string): ObjectSchema =>
    z.strictObject({ [field]: z.strictObject({ name: z.string() }) })
  const choice = z.union([
    z.strictObject({ kind: z.literal('a'), detail: detail('x') }),
    z.strictObject({ kind: z.literal('b'), detail: detail('y') }),
  ])
  expect(pathsOf(z.strictObject({ choice }))).toEqual([
    'choice!',
    ...['x', 'y'].flatMap((field) => [
      'choice.kind',
      'choice.detail',
      `choice.detail.${field}`,
      `choice.detail.${field}.name`,
    ]),
  ])
  const either = z.union([z.string(), z.array(z.strictObject({ sku: z.string() }))])
  expect(pathsOf(z.strictObject({ either }))).toEqual(['either!', 'either[]', 'either[].sku!'])
  const open = z.union([z.strictObject({ sku: z.string() }), z.record(z.string(), z.number())])
  expect(pathsOf(z.strictObject({ open }))).toEqual(['open!', 'open.sku', 'open.*'])
})

test('each part of an intersection holds, and an object is what it is under its own name, too', () => {
  const address = z.strictObject({ city: z.string() }).meta({ id: 'Address' })
  const both = z.intersection(
    z.union([z.strictObject({ a: z.int() }), z.strictObject({ b: z.int() })]),
    address,
  )
  expect(pathsOf(z.strictObject({ both, address: address.optional() }))).toEqual([
    'both!',
    'both.a',
    'both.b',
    'both.city!',
    'address',
    'address.city!',
  ])
})

test('places of a tuple are what its list holds, and keys of a record are one field', () => {
  const place = z.tuple([z.string(), z.strictObject({ lat: z.number() })]).rest(z.boolean())
  expect(
    pathsOf(z.strictObject({ place, stock: z.record(z.string(), z.strictObject({ n: z.int() })) })),
  ).toEqual([
    'place!',
    'place[]',
    'place[]',
    'place[].lat!',
    'place[]',
    'stock!',
    'stock.*',
    'stock.*.n!',
  ])
  expect(pathsOf(z.looseObject({ a: z.string() }))).toEqual(['a!'])
  expect(pathsOf(z.strictObject({ a: z.string() }).catchall(z.string()))).toEqual(['a!', '*'])
})
