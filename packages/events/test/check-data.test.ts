// What a fault shows of the data: types and names of fields, no value, and no name that may be one.
import { describe, expect, it } from 'vitest'
import * as z from 'zod'

import { checkData, checkMessage, limitFault } from '../src/index.ts'

const schema = z.strictObject({ sizes: z.record(z.string(), z.int()).optional() })

const messageOf = (data: unknown): string => {
  const checked = checkData(schema, data, 'data')
  if (checked.kind === 'valid') throw new Error('it is valid')
  return checkMessage('it', checked)
}

const VALUES = [
  'anna@example.com',
  '+49 170 1234567',
  '4111111111111111',
  'Anna Schmidt',
  '0b0f5fa996bb1b25efd9ed4f305ddf7b',
  'Hauptstr. 7',
  'a=1&b=2',
  '',
]

describe('a name that may be a value', () => {
  it.each(VALUES)('is not shown where the schema has no such field: %j', (name) => {
    expect(messageOf({ [name]: 1, colour: 'red' })).toContain('no field ')
    const names = /no field ([^(]*) \(/.exec(messageOf({ colour: 'red', [name]: 1 }))?.[1]
    expect(names?.split(', ').toSorted()).toEqual(['*', 'colour'])
  })

  it.each(VALUES)('is not shown in the path of a fault: %j', (name) => {
    expect(messageOf({ sizes: { [name]: 'x' } })).toContain('data.sizes.*: expected ')
  })

  it.each(VALUES.filter((name) => name !== ''))(
    'is not shown where it is too large: %j',
    (name) => {
      const base = { id: '01ARZ3NDEKTSV4RRFFQ69G5FAV', customerId: 'c', occurredAt: 1 }
      const attributes = { [name]: 'x'.repeat(1001) }
      const fault = limitFault({ op: 'identify', ...base, attributes }, '')
      expect(fault?.field).toBe('attributes.*')
    },
  )
})

it.each(['colour', 'cartTotal', 'utm-source', 'größe', '_id', '$set', 'line_2', 'a1'])(
  'a name that looks like one is shown: %s',
  (name) => {
    expect(messageOf({ [name]: 1 })).toContain(`no field ${name} (`)
    expect(messageOf({ sizes: { [name]: 'x' } })).toContain(`data.sizes.${name}: `)
  },
)
