import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { crc16, partitionOf } from '../src/index.ts'

describe('the partition of a customer', () => {
  it('is CRC16-XMODEM, as its published check value says', () => {
    expect(crc16(Buffer.from('123456789'))).toBe(0x31c3)
  })

  it.each([
    ['cus_42', 15, 63],
    ['cus_43', 14, 30],
    ['Zoë', 12, 12],
    ['客户-1', 13, 61],
    ['😀', 15, 15],
  ])('%s is %i of 16 and %i of 64 in every language', (customerId, of16, of64) => {
    expect(partitionOf(customerId, 16)).toBe(of16)
    expect(partitionOf(customerId, 64)).toBe(of64)
  })

  it('is a number below the count of partitions', () => {
    const count = fc.integer({ min: 1, max: 1024 })
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), count, (customerId, partitions) => {
        const partition = partitionOf(customerId, partitions)
        expect(Number.isInteger(partition) && partition >= 0 && partition < partitions).toBe(true)
      }),
    )
  })

  it('spreads customers: no partition has a fifth more or less than its share', () => {
    const customers = Array.from({ length: 16_000 }, (_, number) =>
      partitionOf(`cus_${number}`, 16),
    )
    const counts = Array.from({ length: 16 }, (_, partition) => {
      return customers.filter((own) => own === partition).length
    })
    expect(Math.min(...counts)).toBeGreaterThan(800)
    expect(Math.max(...counts)).toBeLessThan(1200)
  })
})
