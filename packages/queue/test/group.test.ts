import { decodeJob, JOB_MAX_BYTES, JOB_MAX_EVENTS } from '@retention-relay/events'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { groupSize, jobHead, jobText } from '../src/commit/group.ts'
import type { Grouped } from '../src/commit/group.ts'

const sized = (bytes: number): Grouped => ({ event: { text: '', bytes } })
const sizes = fc.array(fc.integer({ min: 1, max: 40_000 }), { minLength: 1, maxLength: 500 })
const sum = (list: readonly number[]): number => list.reduce((total, bytes) => total + bytes, 0)

describe('the next group of a commit', () => {
  it('takes at least one event, and no more than a job holds', () => {
    fc.assert(
      fc.property(sizes, (list) => {
        const count = groupSize(list.map((bytes) => sized(bytes)))
        expect(count).toBeGreaterThan(0)
        expect(count).toBeLessThanOrEqual(JOB_MAX_EVENTS)
        expect(count === 1 || sum(list.slice(0, count)) <= JOB_MAX_BYTES).toBe(true)
      }),
    )
  })

  it('leaves nothing out that would still fit', () => {
    fc.assert(
      fc.property(sizes, (list) => {
        const count = groupSize(list.map((bytes) => sized(bytes)))
        const isFull = count === JOB_MAX_EVENTS || count === list.length
        expect(isFull || sum(list.slice(0, count + 1)) > JOB_MAX_BYTES).toBe(true)
      }),
    )
  })

  it('takes an event alone that is larger than a job', () => {
    expect(groupSize([sized(JOB_MAX_BYTES + 1), sized(1)])).toBe(1)
  })
})

describe('the text of a job', () => {
  it('is read back as the events that went in, in their order', () => {
    const text = fc.string({ unit: 'grapheme' })
    const names = fc.array(
      text.filter((name) => name.trim() !== ''),
      { minLength: 1 },
    )
    fc.assert(
      fc.property(names, fc.constantFrom(undefined, 'checkout@1.4.2'), (list, service) => {
        const events = list.map((name) => ({
          id: '01HK153X0041F2MZ4K64F6QGQD',
          customerId: 'cus_42',
          occurredAt: 1_796_000_000_123,
          op: 'track' as const,
          name,
          data: { name },
        }))
        const group = events.map((event) => ({ event: { text: JSON.stringify(event), bytes: 1 } }))
        const positions = events.map((event) => ({ kind: 'event', event }))
        const head = jobHead('production', service)
        const decoded = decodeJob(jobText(head, group), list.length, 'production')
        const producer = service === undefined ? {} : { producer: service }
        expect(decoded).toEqual({ kind: 'events', positions, ...producer })
      }),
    )
  })
})
