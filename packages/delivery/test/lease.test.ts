// A lease as its holder sees it, on both clocks.
import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { Lease, momentOf } from '../src/lease.ts'
import { FakeClock } from './fake-clock.ts'

const setup = () => {
  const clock = new FakeClock()
  const times = { ttlMs: 10_000, marginMs: 1_000 }
  const since = momentOf(clock)
  return { clock, since, lease: new Lease(3, 'w#1', since, clock, times) }
}

test('it is valid for its ttl without the margin, from the moment before the command was sent', () => {
  const { clock, lease } = setup()
  expect(lease.remainingMs()).toBe(9000)
  clock.jump(8999)
  expect(lease.isValid()).toBe(true)
  clock.jump(1)
  expect(lease.isValid()).toBe(false)
  expect(lease.remainingMs()).toBe(0)
})

test.each([
  ['the monotonic clock alone: the wall clock was set back', 9000, -3_600_000],
  ['the wall clock alone: the machine slept', 0, 9000],
])('it is over as soon as %s', (_which, monotonicMs, wallMs) => {
  const { clock, lease } = setup()
  clock.jump(monotonicMs, wallMs)
  expect(lease.isValid()).toBe(false)
})

test('once over it never comes back: not by a clock that steps back, nor by a late confirmation', () => {
  const { clock, lease } = setup()
  clock.jump(0, 9000)
  expect(lease.isValid()).toBe(false)
  clock.jump(0, -9000)
  expect(lease.isValid()).toBe(false)
  lease.extend(momentOf(clock))
  expect(lease.isValid()).toBe(false)
})

test('a lapse that nobody saw stays a lapse when the confirmation comes', () => {
  const { clock, since, lease } = setup()
  clock.jump(9001)
  lease.extend(since)
  lease.extend(momentOf(clock))
  expect(lease.isValid()).toBe(false)
})

test('a confirmation prolongs it from the moment before its command was sent', () => {
  const { clock, lease } = setup()
  clock.jump(4000)
  const sentAt = momentOf(clock)
  clock.jump(2000)
  lease.extend(sentAt)
  expect(lease.remainingMs()).toBe(7000)
})

test('a confirmation whose command was sent earlier than the last one does not shorten it', () => {
  const { clock, lease } = setup()
  const early = momentOf(clock)
  clock.jump(6000)
  lease.extend(momentOf(clock))
  lease.extend(early)
  expect(lease.remainingMs()).toBe(9000)
})

test('when it is given back it is over', () => {
  const { lease } = setup()
  lease.end()
  expect(lease.isValid()).toBe(false)
})

test('while a requeue is on its way either token may hold; afterwards only the new one', () => {
  const { lease } = setup()
  expect([lease.token, lease.tokens]).toEqual(['w#1', ['w#1']])
  lease.offer('w#2')
  lease.offer('w#3')
  expect([lease.token, lease.tokens]).toEqual(['w#1', ['w#1', 'w#2', 'w#3']])
  lease.accept('w#3')
  expect([lease.token, lease.tokens]).toEqual(['w#3', ['w#3']])
})

test('whatever the clocks and the confirmations do, what is over stays over', () => {
  const jump = fc.integer({ min: -20_000, max: 20_000 })
  const step = fc.record({ monotonicMs: fc.nat(6000), wallMs: jump, confirms: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const { clock, lease } = setup()
      let isOver = false
      let cameBack = false
      for (const { monotonicMs, wallMs, confirms } of steps) {
        const sentAt = momentOf(clock)
        clock.jump(monotonicMs, wallMs)
        if (confirms) lease.extend(sentAt)
        cameBack ||= isOver && lease.isValid()
        isOver = !lease.isValid()
      }
      expect(cameBack).toBe(false)
    }),
  )
})
