import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { createUlidSource, DERIVED_ID_TIME_MS, deriveId, isUlid } from '../src/index.ts'

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

const timeOf = (ulid: string): number =>
  Array.from(ulid.slice(0, 10)).reduce((time, letter) => time * 32 + ALPHABET.indexOf(letter), 0)

describe('a derived id', () => {
  it.each([
    ['production', 'order_placed', 'o-981', '01HK153X0041F2MZ4K64F6QGQD'],
    ['staging', 'order_placed', 'o-981', '01HK153X00B2JJECT115GTS1W7'],
    ['production', 'checkout_started', 'o-981', '01HK153X00M7H9RTVNQJ7C1QVC'],
    ['production', 'order_placed', 'Bestellung №7 ☕', '01HK153X002TTQ2CG2RT5XWVED'],
  ])('of %s, %s, %s is the same in every language', (namespace, name, key, id) => {
    expect(deriveId(namespace, name, key)).toBe(id)
  })

  it('is a ULID of 2024-01-01, whatever goes in', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string({ unit: 'grapheme' }), (ns, name, key) => {
        const id = deriveId(ns, name, key)
        expect(isUlid(id)).toBe(true)
        expect(timeOf(id)).toBe(DERIVED_ID_TIME_MS)
        expect(deriveId(ns, name, key)).toBe(id)
      }),
    )
  })

  it('differs when the namespace, the name or the key differs', () => {
    const part = fc.string({ unit: fc.constantFrom('a', 'b', '-', '0') })
    fc.assert(
      fc.property(fc.tuple(part, part, part), fc.tuple(part, part, part), (one, two) => {
        expect(deriveId(...one) === deriveId(...two)).toBe(one.join('\0') === two.join('\0'))
      }),
    )
  })

  it.each<[string, [string, string, string]]>([
    ['the namespace', ['b', 'order_placed', '7']],
    ['the name', ['a', 'order_refunded', '7']],
    ['the key', ['a', 'order_placed', '8']],
  ])('differs when %s alone differs', (_, other) => {
    expect(deriveId(...other)).not.toBe(deriveId('a', 'order_placed', '7'))
  })
})

describe('a source of ULIDs', () => {
  it('never repeats and never goes back, also when its clock does', () => {
    const clock = fc.array(fc.integer({ min: 1_700_000_000_000, max: 1_700_000_000_050 }), {
      minLength: 2,
      maxLength: 200,
    })
    fc.assert(
      fc.property(clock, (times) => {
        let at = 0
        const next = createUlidSource({ now: () => times[at] ?? 0 })
        const ids = times.map((_, index) => {
          at = index
          return next()
        })
        expect(ids.every((id) => isUlid(id))).toBe(true)
        expect([...new Set(ids)].toSorted()).toEqual(ids)
      }),
    )
  })

  it('carries the time of its clock', () => {
    const next = createUlidSource({ now: () => 1_796_000_000_123 })
    expect(timeOf(next())).toBe(1_796_000_000_123)
  })

  it('goes on in the next millisecond when the random part is used up', () => {
    const random = (bytes: number): Uint8Array => new Uint8Array(bytes).fill(255)
    const next = createUlidSource({ now: () => 1_700_000_000_000, random })
    const [first, second] = [next(), next()]
    expect(timeOf(first)).toBe(1_700_000_000_000)
    expect(timeOf(second)).toBe(1_700_000_000_001)
    expect(second > first).toBe(true)
  })
})

describe('isUlid', () => {
  it.each([
    '01hk153x00jvsqhg80assvfcp6',
    '01HK153X00JVSQHG80ASSVFCP',
    '01HK153X00JVSQHG80ASSVFCP6A',
    '81HK153X00JVSQHG80ASSVFCP6',
    '01HK153X00JVSQHG80ASSVFCPI',
    'o-981',
    '',
    42,
    null,
    undefined,
  ])('refuses %s', (value) => {
    expect(isUlid(value)).toBe(false)
  })
})
