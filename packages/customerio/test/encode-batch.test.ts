// The body of a batch, byte for byte.

import { describe, expect, it } from 'vitest'
import { encodeBatch } from '../src/encode-batch.ts'

describe('encodeBatch', () => {
  it('puts the texts together unchanged, in order', () => {
    const { chunks, bytes } = encodeBatch(['{"a":"é"}', '{"b":2}'])
    const text = '{"batch":[{"a":"é"},{"b":2}]}'
    expect(Buffer.concat(chunks).toString()).toBe(text)
    expect(bytes).toBe(Buffer.byteLength(text))
  })

  it('cuts into chunks of at most 16 kB that together are the body', () => {
    const operations = Array.from(
      { length: 500 },
      (_, index) => `{"n":${index},"t":"${'ü'.repeat(200)}"}`,
    )
    const { chunks, bytes } = encodeBatch(operations)
    expect(chunks.slice(0, -1).every((chunk) => chunk.length === 16_384)).toBe(true)
    expect(chunks.at(-1)!.length).toBeLessThanOrEqual(16_384)
    expect(Buffer.concat(chunks).toString()).toBe(`{"batch":[${operations.join(',')}]}`)
    expect(bytes).toBe(Buffer.concat(chunks).length)
  })

  it('refuses a batch without operations', () => {
    expect(() => encodeBatch([])).toThrow(RangeError)
  })
})
