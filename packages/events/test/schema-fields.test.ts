import { expect, test } from 'vitest'
import * as z from 'zod'

import { schemaFields } from '../src/index.ts'
import type { ObjectSchema } from '../src/index.ts'

/** Path of each field in order, `!` behind the ones that must be there. */
function pathsOf(schema: ObjectSchema): string[] {
  return schemaFields(schema).map(({ path, isRequired }) => `${path}${isRequired ? '!' : ''}`)
}

test('fields stand in the order of the schema, a group before its fields', () => {
  const address = z.object({ city: z.string(), zip: z.string().optional() })
  const schema = z.object({ value: z.number(), address: address.optional(), note: z.string() })
  expect(pathsOf(schema)).toEqual(['value!', 'address', 'address.city!', 'address.zip', 'note!'])
})

test('what a list holds is a field of its own, also in a list of lists', () => {
  const line = z.object({ sku: z.string() })
  const schema = z.object({ lines: z.array(line), grid: z.array(z.array(line)).optional() })
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
  const schema = z.object({ gift: z.object({ text: z.string() }).nullable() })
  expect(pathsOf(schema)).toEqual(['gift!', 'gift.text!'])
})

test('in a choice of objects nothing is required, and a shared field comes with each of its schemas', () => {
  const schema = z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('card'), number: z.string() }),
    z.object({ kind: z.literal('invoice'), number: z.number() }),
  ])
  expect(pathsOf(schema)).toEqual(['kind', 'number', 'kind', 'number'])
  expect(schemaFields(schema).map(({ schema: { type } }) => type)).toEqual([
    'string',
    'string',
    'string',
    'number',
  ])
})
