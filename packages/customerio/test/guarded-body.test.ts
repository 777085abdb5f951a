// The body that cannot outlive the lease, without a network.

import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { CHUNK_BYTES, GuardedBody } from '../src/guarded-body.ts'

const CHUNKS = ['one', 'two', 'three'].map((text) => Buffer.from(text))

describe('GuardedBody', () => {
  it('asks and hands over in one synchronous stretch, chunk by chunk', async () => {
    const seen: string[] = []
    const body = new GuardedBody(CHUNKS, () => {
      seen.push('asked')
      queueMicrotask(() => seen.push('other code'))
      process.nextTick(() => seen.push('other code'))
      return true
    })
    body.on('data', (chunk: Buffer) => seen.push(chunk.toString()))
    await once(body, 'end')
    for (const text of ['one', 'two', 'three']) {
      expect(seen[seen.indexOf(text) - 1]).toBe('asked')
    }
    expect(seen.filter((entry) => entry === 'asked')).toHaveLength(3)
    expect(body.left).toBe(true)
  })

  it('asks again after a pause instead of handing over what was allowed before it', async () => {
    let valid = true
    const seen: string[] = []
    const body = new GuardedBody(CHUNKS, () => valid)
    body.on('data', (chunk: Buffer) => {
      seen.push(chunk.toString())
      body.pause()
      // What a reader does when the socket has drained, long after.
      setImmediate(() => {
        valid = seen.length < 2
        body.resume()
      })
    })
    await once(body, 'error')
    expect(seen).toEqual(['one', 'two'])
    expect(body.leaseOver).toBe(true)
    expect(body.left).toBe(false)
  })

  it.each([0, 1, 2])('hands over %i of 3 chunks when the lease ends after them', async (valid) => {
    let asked = 0
    const seen: string[] = []
    const body = new GuardedBody(CHUNKS, () => (asked += 1) <= valid)
    body.on('data', (chunk: Buffer) => seen.push(chunk.toString()))
    await once(body, 'error')
    expect(seen).toEqual(['one', 'two', 'three'].slice(0, valid))
    expect(body.leaseOver).toBe(true)
    expect(body.left).toBe(false)
  })

  it('does not ask once the last chunk is handed over', async () => {
    let asked = 0
    const body = new GuardedBody(CHUNKS, () => (asked += 1) <= 3)
    body.resume()
    await once(body, 'end')
    expect(asked).toBe(3)
    expect(body.leaseOver).toBe(false)
  })

  it('does not count a chunk that its reader could not take', async () => {
    // What undici does when the socket is broken: it destroys the body from within the hand-over.
    const body = new GuardedBody([Buffer.from('all')], () => true)
    body.on('data', () => body.destroy(new Error('the socket is broken')))
    await once(body, 'error')
    expect(body.left).toBe(false)
    expect(body.leaseOver).toBe(false)
  })

  it('reads nothing ahead of a reader that does not read', async () => {
    let asked = 0
    const body = new GuardedBody(CHUNKS, () => (asked += 1) > 0)
    body.pause()
    await new Promise(setImmediate)
    expect(asked).toBe(0)
    expect(CHUNK_BYTES).toBe(16_384)
  })
})
