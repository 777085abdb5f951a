// A size that is told without writing the JSON: never too small.
import * as fc from 'fast-check'
import { expect, it } from 'vitest'

import { surelyFits } from '../src/json-room.ts'

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value))

it('says of nothing that it fits where it does not', () => {
  const unit = fc.constantFrom('a', 'é', '客', '😀', '\u0001', '"', '\\', '\ud800')
  const value = fc.oneof(
    fc.jsonValue({ stringUnit: 'binary' }),
    fc.dictionary(fc.string({ unit }), fc.array(fc.string({ unit }))),
    fc.array(fc.constantFrom(-1.2345678901234567e-308, 1e20, Number.MIN_VALUE, true, null)),
  )
  fc.assert(
    fc.property(value, (drawn) => {
      expect(surelyFits(drawn, bytesOf(drawn) - 1)).toBe(false)
    }),
  )
})

it('says at once of an ordinary event that it fits', () => {
  const line = { product_id: 'p-17', name: 'Coffee beans 1 kg', quantity: 2, unit_price: 19.9 }
  expect(
    surelyFits({ order_id: 'o-981', items: Array.from({ length: 20 }, () => line) }, 30_000),
  ).toBe(true)
})
