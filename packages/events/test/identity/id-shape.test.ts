import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { idShape, MOST_SHAPES } from '../../src/identity/id-shape.ts'
import { secondShapes, ShapeCounts } from '../../src/identity/shape-counts.ts'

test.each([
  ['42', 'integer'],
  ['0', 'integer'],
  ['00042', 'integer-padded'],
  ['0b0f8a5e-7c1d-4b60-9a4e-3f1f5a9d2c11', 'uuid'],
  ['0B0F8A5E-7C1D-4B60-9A4E-3F1F5A9D2C11', 'uuid-upper'],
  ['01HK153X0041F2MZ4K64F6QGQD', 'ulid'],
  ['507f1f77bcf86cd799439011', 'hex'],
  ['507F1F77BCF86CD799439011', 'hex-upper'],
  ['gid://shopify/Customer/42', 'gid://shopify/Customer/*'],
  ['gid://shopify/Order/42', 'gid://shopify/Order/*'],
  ['cus_42', 'cus_*'],
  ['cus_NffrFeUfNV2Hib', 'cus_*'],
  ['guest-17', 'guest-*'],
  ['anna@example.com', 'e-mail'],
  ['anna', 'other'],
  ['anna_schmidt', 'other'],
  ['4.2', 'other'],
])('%s has the shape %s', (id, shape) => {
  expect(idShape(id)).toBe(shape)
})

test('no shape holds more of an id than a short beginning', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (id) => {
      const shape = idShape(id)
      expect(shape.length).toBeLessThanOrEqual(85)
      const isName = id.includes('@') && !/\d/.test(id)
      expect(isName && !['e-mail', 'other'].includes(shape)).toBe(false)
    }),
  )
})

test('of many shapes the first ones are kept, and the others counted together', () => {
  const counts = new ShapeCounts()
  const letters = 'abcdefghijklmnopqrstuvwxyz'
  for (const letter of letters) counts.see(`${letter}_1`)
  for (const letter of letters) counts.see(`${letter}_2`)
  const taken = counts.take()
  expect(taken.size).toBe(MOST_SHAPES + 1)
  expect(taken.get('a_*')).toBe(2)
  expect(taken.get('other')).toBe(2 * (26 - MOST_SHAPES))
  expect(counts.take().size).toBe(0)
})

const NOW = 1_796_000_000_000
const DAY_MS = 24 * 60 * 60 * 1000
const shape = (
  name: string,
  events: number,
  days: number,
): Parameters<typeof secondShapes>[0][0] => {
  return { shape: name, events, firstAt: NOW - days * DAY_MS, lastAt: NOW }
}
const seconds = (...shapes: Parameters<typeof secondShapes>[0]): string[] =>
  secondShapes(shapes, NOW).map((each) => each.shape)

test('a second shape is one that came later, also once most events have it', () => {
  expect(seconds(shape('integer', 1000, 90))).toEqual([])
  expect(seconds(shape('integer', 1000, 90), shape('gid', 3, 1))).toEqual(['gid'])
  expect(seconds(shape('gid', 5000, 1), shape('integer', 1000, 90))).toEqual(['gid'])
  expect(seconds(shape('integer', 7, 0), shape('uuid', 900, 0))).toEqual(['integer'])
})

test('a test event makes no second shape, and a shop may live with two', () => {
  expect(seconds(shape('integer', 1000, 90), shape('gid', 2, 1))).toEqual([])
  expect(seconds(shape('integer', 1000, 90), shape('gid', 800, 15))).toEqual([])
  const gone = { ...shape('gid', 800, 10), lastAt: NOW - 8 * DAY_MS }
  expect(seconds(shape('integer', 1000, 90), gone)).toEqual([])
})
