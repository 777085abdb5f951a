// What goes together in one request.
import { LIMITS } from '@retention-relay/events'
import type { RelayEvent } from '@retention-relay/events'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import type { Batch, BatchLimits } from '../src/batch.ts'
import { DEFAULT_BATCH_LIMITS, nextBatch } from '../src/batch.ts'
import { CustomerLanes } from '../src/customer-lanes.ts'
import { identify, pendAll, suppress, track } from './events.ts'

const setup = (...events: RelayEvent[]) => {
  const lanes = new CustomerLanes()
  for (const pending of pendAll(...events)) lanes.add(pending)
  const onTheirWay = new Set<string>()
  const next = (limits: BatchLimits = DEFAULT_BATCH_LIMITS): Batch | null => {
    const batch = nextBatch(lanes, { onTheirWay, limits })
    for (const { pending } of batch ?? []) onTheirWay.add(pending.member)
    return batch
  }
  const settle = (batch: Batch | null): void => {
    for (const { pending } of batch ?? []) {
      onTheirWay.delete(pending.member)
      lanes.release(pending.event.customerId)
    }
  }
  return { lanes, next, settle }
}

const eventsOf = (batch: Batch | null): RelayEvent[] =>
  (batch ?? []).map(({ pending }) => pending.event)
const tracks = (customer: string, count: number): RelayEvent[] =>
  Array.from({ length: count }, () => track(customer))
const bodyBytes = (batch: Batch | null): number =>
  Buffer.byteLength(`{"batch":[${(batch ?? []).map(({ operation }) => operation).join()}]}`)

test('each customer has one event in it, and its next one only after the settle of the last', () => {
  const events = [track('a'), track('b'), track('a')]
  const { next, settle } = setup(...events)
  const first = next()
  expect(eventsOf(first)).toEqual(events.slice(0, 2))
  expect(next()).toBeNull()
  settle(first)
  expect(eventsOf(next())).toEqual([events[2]])
})

test('up to 32 waiting events of a customer go one at a time; of more, up to 50 go together', () => {
  expect(setup(...tracks('a', 32)).next()).toHaveLength(1)
  const backlog = tracks('a', 33)
  expect(eventsOf(setup(...backlog).next())).toEqual(backlog)
  expect(setup(...tracks('a', 90)).next()).toHaveLength(50)
})

test.each([
  ['an identify', identify('a')],
  ['a profile operation', suppress('a')],
])('a run never crosses %s', (_what, other) => {
  const events = [...tracks('a', 3), other, ...tracks('a', 60)]
  const { next, settle } = setup(...events)
  const run = next()
  expect(eventsOf(run)).toEqual(events.slice(0, 3))
  settle(run)
  const alone = next()
  expect(eventsOf(alone)).toEqual([other])
  settle(alone)
  expect(eventsOf(next())).toEqual(events.slice(4, 54))
})

test('a profile operation goes alone, and is next when others were before it', () => {
  const events = [track('a'), suppress('b'), track('c')]
  const { next } = setup(...events)
  expect(eventsOf(next())).toEqual([events[0], events[2]])
  expect(eventsOf(next())).toEqual([events[1]])
})

test('the same id under two customers: the second waits for the settle of the first', () => {
  const { id } = track('a')
  const events = [track('a', { id }), track('b', { id }), track('c')]
  const { next, settle } = setup(...events)
  const first = next()
  expect(eventsOf(first)).toEqual([events[0], events[2]])
  expect(next()).toBeNull()
  settle(first)
  expect(eventsOf(next())).toEqual([events[1]])
})

test('the same id twice in a run ends the run', () => {
  const events = tracks('a', 40)
  events[5] = track('a', { id: events[0]!.id })
  expect(setup(...events).next()).toHaveLength(5)
})

test('no more operations than the limit, the others in the next batch', () => {
  const { next } = setup(track('a'), track('b'), track('c'))
  const limits = { maxOps: 2, maxBytes: 1_000_000 }
  expect([next(limits)?.length, next(limits)?.length]).toEqual([2, 1])
})

test('a batch is as full as its bytes allow, and never fuller', () => {
  const events = ['a', 'b', 'c'].map((customer) => track(customer, { name: 'größer' }))
  const whole = bodyBytes(setup(...events).next())
  expect(setup(...events).next({ maxOps: 9, maxBytes: whole + 1 })).toHaveLength(3)
  expect(setup(...events).next({ maxOps: 9, maxBytes: whole - 1 })).toHaveLength(2)
})

test('an operation that alone is larger than the limit still goes, alone', () => {
  const large = track('a', { data: { text: 'x'.repeat(LIMITS.batchBytes) } })
  expect(eventsOf(setup(large, track('b')).next())).toEqual([large])
})

const anyEvent = fc
  .tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.integer({ min: 0, max: 19 }), fc.nat(300))
  .map(([customer, op, size]): RelayEvent => {
    if (op === 0) return suppress(customer)
    if (op === 1) return identify(customer)
    return track(customer, { data: { text: 'ü'.repeat(size) } })
  })

test('whatever waits: within the limits, order per customer, nothing lost, nothing twice', () => {
  const limits = { maxOps: 60, maxBytes: 8000 }
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 250, size: 'max' }), (events) => {
      const { next, settle } = setup(...events)
      const sent: RelayEvent[] = []
      for (let batch = next(limits); batch !== null; batch = next(limits)) {
        expect(batch.length).toBeLessThanOrEqual(limits.maxOps)
        expect(bodyBytes(batch)).toBeLessThanOrEqual(limits.maxBytes)
        const profiles = eventsOf(batch).filter(({ op }) => op === 'suppress').length
        expect([0, batch.length === 1 ? 1 : 0]).toContain(profiles)
        sent.push(...eventsOf(batch))
        settle(batch)
      }
      expect(sent).toHaveLength(events.length)
      for (const customer of ['a', 'b', 'c', 'd']) {
        const of = (list: RelayEvent[]) => list.filter(({ customerId }) => customerId === customer)
        expect(of(sent)).toEqual(of(events))
      }
    }),
    { numRuns: 60 },
  )
})
