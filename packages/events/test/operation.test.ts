import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { encodeOperation } from '../src/index.ts'
import type { RelayEvent } from '../src/index.ts'
import { EVENTS } from './events.ts'

const person = { type: 'person', identifiers: { id: 'cus_42' } }

describe('an operation', () => {
  it.each<[RelayEvent, object]>([
    [
      EVENTS.track,
      {
        ...person,
        action: 'event',
        name: 'order_placed',
        id: EVENTS.track.id,
        timestamp: 1_796_000_000,
        attributes: { order_id: 'o-981' },
      },
    ],
    [
      EVENTS.identify,
      {
        ...person,
        action: 'identify',
        timestamp: 1_796_000_000,
        attributes: { email: 'a@example.com', total_orders: 3 },
      },
    ],
    [EVENTS.delete, { ...person, action: 'delete' }],
    [EVENTS.suppress, { ...person, action: 'suppress' }],
    [EVENTS.unsuppress, { ...person, action: 'unsuppress' }],
    [
      EVENTS.merge,
      { type: 'person', action: 'merge', primary: { id: 'cus_1' }, secondary: { id: 'cus_42' } },
    ],
    [
      EVENTS.add_device,
      { ...person, action: 'add_device', device: { token: 't-1', platform: 'ios' } },
    ],
    [EVENTS.delete_device, { ...person, action: 'delete_device', device: { token: 't-1' } }],
  ])('of %o is what the Track API v2 takes, with times in seconds', (event, operation) => {
    expect(JSON.parse(encodeOperation(event))).toEqual(operation)
  })

  it('is valid JSON for any text in any field', () => {
    const text = fc.string({ unit: 'grapheme' })
    fc.assert(
      fc.property(text, text, fc.dictionary(text, fc.jsonValue()), (customerId, name, data) => {
        const operation: unknown = JSON.parse(
          encodeOperation({ ...EVENTS.track, customerId, name, data }),
        )
        const expected = { name, identifiers: { id: customerId }, attributes: data }
        expect(operation).toMatchObject(JSON.parse(JSON.stringify(expected)) as object)
      }),
    )
  })
})
