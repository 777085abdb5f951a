import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { checkCustomerId } from '../src/customer-id.ts'

const messageOf = (value: unknown): string => {
  try {
    return `accepted ${checkCustomerId(value, [])}`
  } catch (error) {
    return (error as Error).message
  }
}

describe('a customer id', () => {
  it.each([
    'cus_42',
    '42',
    '6203948572839',
    '2024-000123',
    'a b',
    '客户-1',
    'a@b',
    'x@',
    '0049301234',
  ])('%j is taken as it is', (id) => {
    expect(checkCustomerId(id, [])).toBe(id)
  })

  it.each([
    ['anna@example.com', 'is an e-mail address', "allowCustomerIds: ['email']"],
    ['ANNA+x@sub.example.co', 'is an e-mail address', "allowCustomerIds: ['email']"],
    ['+4930123456', 'is a phone number', "allowCustomerIds: ['phone']"],
    ['+49 (30) 123-456', 'is a phone number', "allowCustomerIds: ['phone']"],
    ['030 1234567', 'is a phone number', "allowCustomerIds: ['phone']"],
    [' cus_42', 'has white space around it', 'Trim it'],
    ['cus_42\n', 'has white space around it', 'Trim it'],
    ['', 'is empty', "the shop's own customer id"],
    ['  ', 'is empty', "the shop's own customer id"],
    [42, 'is a number', 'as a string'],
    [null, 'is null', 'as a string'],
    [undefined, 'is missing', 'as a string'],
    [{}, 'is an object', 'as a string'],
  ])('%j is refused with what it is and what to do', (id, what, remedy) => {
    expect(messageOf(id)).toContain(what)
    expect(messageOf(id)).toContain(remedy)
  })

  it('that is refused does not show in the message', () => {
    expect(messageOf('anna@example.com')).not.toContain('anna')
    expect(messageOf('+4930123456')).not.toContain('4930')
  })

  it('is accepted by name where a shop has no other', () => {
    expect(checkCustomerId('anna@example.com', ['email'])).toBe('anna@example.com')
    expect(checkCustomerId('+4930123456', ['phone'])).toBe('+4930123456')
    expect(() => checkCustomerId('+4930123456', ['email'])).toThrow('is a phone number')
  })

  it('is never changed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (id) => {
        const message = messageOf(id)
        expect(message === `accepted ${id}` || message.startsWith('The customerId')).toBe(true)
      }),
    )
  })
})
