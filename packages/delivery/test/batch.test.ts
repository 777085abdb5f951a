// The next batch: what goes together, what waits, and the bounds of the destination.
import { encodeOperation } from '@retention-relay/events'
import type { RelayEvent } from '@retention-relay/events'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { nextBatch } from '../src/batch.ts'
import type { Batch } from '../src/batch.ts'
import { CustomerLanes } from '../src/customer-lanes.ts'
import type { PendingEvent } from '../src/pending-event.ts'
import { identify, pendAll, suppress, track } from './events.ts'

const LIMITS = { maxOps: 100, maxBytes: 480_000 }

const lanesOf = (events: readonly PendingEvent[]): CustomerLanes => {
  const lanes = new CustomerLanes()
  for (const event of events) lanes.add(event)
  return lanes
}

const setup = (...events: RelayEvent[]) => {
  const pending = pendAll(...events)
  const lanes = lanesOf(pending)
  const next = (limits = LIMITS, onTheirWay: ReadonlySet<string> = new Set()) =>
    eventsOf(nextBatch(lanes, onTheirWay, limits))
  return { pending, lanes, next }
}

const eventsOf = (batch: Batch | null): RelayEvent[] =>
  (batch ?? []).map(({ pending }) => pending.event)

const bodyOf = (batch: Batch): string =>
  `{"batch":[${batch.map(({ operation }) => operation).join(',')}]}`

const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))

test('a batch has one operation per customer, encoded', () => {
  const events = [track('a'), identify('b'), track('a'), track('c')] as const
  const { lanes } = setup(...events)
  const batch = nextBatch(lanes, new Set(), LIMITS) ?? []
  expect(eventsOf(batch)).toEqual([events[0], events[1], events[3]])
  expect(batch.map(({ operation }) => operation)).toEqual(
    eventsOf(batch).map((event) => encodeOperation(event)),
  )
})

test('with nothing that could go there is no batch', () => {
  expect(nextBatch(new CustomerLanes(), new Set(), LIMITS)).toBeNull()
  const { lanes } = setup(track('a'), track('a'))
  expect(nextBatch(lanes, new Set(), LIMITS)).toHaveLength(1)
  expect(nextBatch(lanes, new Set(), LIMITS)).toBeNull()
})

test('a batch has no more operations than it may', () => {
  const { next } = setup(...times(10, (index) => track(`c${index}`)))
  expect(next({ ...LIMITS, maxOps: 4 })).toHaveLength(4)
  expect(next({ ...LIMITS, maxOps: 4 })).toHaveLength(4)
  expect(next({ ...LIMITS, maxOps: 4 })).toHaveLength(2)
})

test('a batch fills its bytes to the last one and not beyond', () => {
  const events = times(3, (index) => track(`c${index}`))
  const bytes = (count: number): number =>
    Buffer.byteLength(
      bodyOf(nextBatch(lanesOf(pendAll(...events.slice(0, count))), new Set(), LIMITS) ?? []),
    )
  const most = bytes(2)
  expect(setup(...events).next({ ...LIMITS, maxBytes: most + 1 })).toHaveLength(2)
  expect(setup(...events).next({ ...LIMITS, maxBytes: bytes(3) + 1 })).toHaveLength(3)
  expect(setup(...events).next({ ...LIMITS, maxBytes: bytes(3) - 1 })).toHaveLength(2)
})

test('bytes are counted in UTF-8', () => {
  const events = times(4, (index) => track(`c${index}`, { data: { text: '🎁'.repeat(100) } }))
  const { lanes } = setup(...events)
  const batch = nextBatch(lanes, new Set(), { maxOps: 100, maxBytes: 1300 }) ?? []
  expect(batch).toHaveLength(2)
  expect(Buffer.byteLength(bodyOf(batch))).toBeLessThanOrEqual(1300)
})

test('a single operation that is larger than a batch still goes, alone', () => {
  const large = track('a', { data: { text: 'x'.repeat(1000) } })
  const { next } = setup(large, track('b'))
  expect(next({ maxOps: 100, maxBytes: 500 })).toEqual([large])
  expect(next({ maxOps: 100, maxBytes: 500 })).toHaveLength(1)
})

test('a profile operation goes alone', () => {
  const [first, profile, last] = [track('a'), suppress('b'), track('c')] as const
  const { next } = setup(first, profile, last)
  expect(next()).toEqual([first, last])
  expect(next()).toEqual([profile])
})

test('a profile operation that is ready first goes first, alone', () => {
  const [profile, other] = [suppress('a'), track('b')] as const
  const { next } = setup(profile, other)
  expect(next()).toEqual([profile])
  expect(next()).toEqual([other])
})

test('an event whose id is on its way waits, and so do the later ones of its customer', () => {
  const same = track('a')
  const [copy, later, other] = [{ ...same }, track('a'), track('b')] as const
  const { next, pending } = setup(copy, later, other)
  const member = pending.at(0)!.member
  expect(next(LIMITS, new Set([member]))).toEqual([other])
  expect(next(LIMITS, new Set([member]))).toEqual([])
  expect(next()).toEqual([copy])
})

test('two events with one id never go in one batch, even of two customers', () => {
  const one = track('a')
  const other = { ...track('b'), id: one.id }
  const { next } = setup(one, other)
  expect(next()).toEqual([one])
  expect(next()).toEqual([other])
})

test('up to 32 waiting events of a customer go one by one', () => {
  const { next } = setup(...times(32, () => track('a')))
  expect(next()).toHaveLength(1)
})

test('of more than 32 up to 50 consecutive tracks go together, in order, beside other customers', () => {
  const [many, other] = [times(60, () => track('a')), track('b')]
  const { next } = setup(...many, other)
  expect(next()).toEqual([...many.slice(0, 50), other])
})

test.each([
  ['an identify', identify('a')],
  ['a profile operation', suppress('a')],
])('a run ends before %s', (_what, barrier) => {
  const tracks = times(5, () => track('a'))
  const { next } = setup(...tracks, barrier, ...times(40, () => track('a')))
  expect(next()).toEqual(tracks)
})

test('a run never begins with an identify, nor goes on behind one', () => {
  const first = identify('a')
  const { next } = setup(first, ...times(40, () => track('a')))
  expect(next()).toEqual([first])
})

test('a run ends where the batch is full', () => {
  const many = times(60, () => track('a'))
  expect(setup(...many).next({ ...LIMITS, maxOps: 7 })).toEqual(many.slice(0, 7))
})

test('a run ends before a second event of one id', () => {
  const many = times(40, () => track('a'))
  many[3] = { ...track('a'), id: many[1]!.id }
  expect(setup(...many).next()).toEqual(many.slice(0, 3))
})

// Whatever is claimed, and whenever settles are acknowledged.
const op = fc.constantFrom('track', 'track', 'track', 'track', 'identify', 'suppress')
const kinds = fc.record({ customer: fc.nat(4), op })
const make = { track, identify, suppress }
const random = fc.record({
  events: fc.array(kinds, { minLength: 1, maxLength: 150 }),
  maxOps: fc.integer({ min: 1, max: 80 }),
  maxBytes: fc.integer({ min: 200, max: 5000 }),
  acknowledged: fc.infiniteStream(fc.nat(9)),
})

test('every event goes exactly once, per customer in order, and no batch breaks a rule', () => {
  fc.assert(
    fc.property(random, ({ events: chosen, maxOps, maxBytes, acknowledged }) => {
      const events = chosen.map((one) => make[one.op](`c${one.customer}`))
      const lanes = lanesOf(pendAll(...events))
      const sent: RelayEvent[] = []
      const onTheirWay: PendingEvent[] = []
      while (sent.length < events.length) {
        const members = new Set(onTheirWay.map(({ member }) => member))
        const batch = nextBatch(lanes, members, { maxOps, maxBytes })
        if (batch !== null) {
          checkRules(batch, { maxOps, maxBytes }, onTheirWay)
          sent.push(...eventsOf(batch))
          onTheirWay.push(...batch.map(({ pending }) => pending))
        }
        expect(batch !== null || onTheirWay.length > 0).toBe(true)
        const count = batch === null ? Math.max(1, next(acknowledged)) : next(acknowledged)
        for (const { event } of onTheirWay.splice(0, count)) lanes.release(event.customerId)
      }
      for (const customer of new Set(events.map(({ customerId }) => customerId))) {
        const own = (list: readonly RelayEvent[]) =>
          list.filter((one) => one.customerId === customer)
        expect(own(sent)).toEqual(own(events))
      }
      expect(lanes.waiting).toBe(0)
    }),
  )
})

const next = (numbers: Iterator<number>): number => Number(numbers.next().value)

const checkRules = (
  batch: Batch,
  limits: { maxOps: number; maxBytes: number },
  onTheirWay: readonly PendingEvent[],
): void => {
  expect(batch.length).toBeLessThanOrEqual(limits.maxOps)
  const isWithin = Buffer.byteLength(bodyOf(batch)) <= limits.maxBytes
  expect(isWithin || batch.length === 1).toBe(true)
  const sent = eventsOf(batch)
  expect(sent.every(({ op: kind }) => kind !== 'suppress') || batch.length === 1).toBe(true)
  const blocked = new Set(onTheirWay.map(({ event }) => event.customerId))
  for (const { customerId } of sent) {
    expect(blocked.has(customerId)).toBe(false)
    const run = sent.filter((one) => one.customerId === customerId)
    expect(
      run.length <= 50 && (run.length === 1 || run.every(({ op: kind }) => kind === 'track')),
    ).toBe(true)
  }
}
