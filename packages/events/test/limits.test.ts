import { describe, expect, it } from 'vitest'

import { encodeOperation, limitFault, LIMITS } from '../src/index.ts'
import type { LimitFault, RelayEvent } from '../src/index.ts'
import { EVENTS } from './events.ts'

const faultOf = (event: RelayEvent): LimitFault | null => limitFault(event, encodeOperation(event))

/** Text of exactly so many UTF-8 bytes, of letters with two bytes, and one of one byte where needed. */
const bytes = (count: number): string => 'é'.repeat(Math.floor(count / 2)) + 'a'.repeat(count % 2)

const identify = (attributes: Record<string, unknown>): RelayEvent => ({
  ...EVENTS.identify,
  attributes,
})

describe('a limit counts UTF-8 bytes, not letters', () => {
  it.each<[string, number, (count: number) => RelayEvent]>([
    ['customerId', LIMITS.customerIdBytes, (n) => ({ ...EVENTS.delete, customerId: bytes(n) })],
    ['name', LIMITS.eventNameBytes, (n) => ({ ...EVENTS.track, name: bytes(n) })],
    ['primaryId', LIMITS.customerIdBytes, (n) => ({ ...EVENTS.merge, primaryId: bytes(n) })],
    ['attributes.note', LIMITS.attributeValueBytes, (n) => identify({ note: bytes(n) })],
  ])('%s: %i pass, one more does not', (field, limit, make) => {
    expect(faultOf(make(limit))).toBeNull()
    expect(faultOf(make(limit + 1))).toEqual({ field, limit, size: limit + 1, unit: 'bytes' })
  })

  it('the name of an attribute: 150 pass, one more does not', () => {
    expect(faultOf(identify({ [bytes(150)]: 1 }))).toBeNull()
    const name = bytes(151)
    const fault = { field: `attributes.${name} (its name)`, limit: 150, size: 151, unit: 'bytes' }
    expect(faultOf(identify({ [name]: 1 }))).toEqual(fault)
  })

  it('an attribute that is not text counts as its JSON', () => {
    const list = ['a'.repeat(996)]
    expect(faultOf(identify({ list }))).toBeNull()
    expect(faultOf(identify({ list: ['a'.repeat(997)] }))).toMatchObject({ size: 1001 })
  })

  it('a whole operation: 32,000 pass, one more does not', () => {
    const make = (note: string): RelayEvent => ({ ...EVENTS.track, data: { note } })
    const empty = Buffer.byteLength(encodeOperation(make('')))
    const room = LIMITS.operationBytes - empty
    expect(faultOf(make(bytes(room)))).toBeNull()
    const fault = { field: 'event', limit: 32_000, size: 32_001, unit: 'bytes' }
    expect(faultOf(make(bytes(room + 1)))).toEqual(fault)
  })
})

describe('the number of attributes', () => {
  const many = (count: number): RelayEvent =>
    identify(Object.fromEntries(Array.from({ length: count }, (_, index) => [`a${index}`, 1])))

  it('is at most 300', () => {
    expect(faultOf(many(300))).toBeNull()
    const fault = { field: 'attributes', limit: 300, size: 301, unit: 'attributes' }
    expect(faultOf(many(301))).toEqual(fault)
  })
})
