import { expect, test } from 'vitest'

import { DRIFT_LIMITS } from '../../src/drift/event-profile.ts'
import { EventSampler, SAMPLED_PER_SECOND } from '../../src/drift/event-sampler.ts'
import type { RelayEvent } from '../../src/event.ts'

const HEAD = { id: '01HK153X0041F2MZ4K64F6QGQD', customerId: 'cus_42', occurredAt: 0 } as const

function track(name: string, data: Record<string, unknown> = { value: 1 }): RelayEvent {
  return { ...HEAD, op: 'track', name, data }
}

function taken(sampler: EventSampler): Record<string, number> {
  const { profiles } = sampler.take()
  return Object.fromEntries(
    profiles.map(({ name, producer, profile }) => [`${producer} ${name}`, profile.events]),
  )
}

test('each name and producer has its own profile, attributes and events without a producer too', () => {
  const sampler = new EventSampler()
  sampler.see(track('order_placed'), 'shop@1', 0)
  sampler.see(track('order_placed'), 'shop@2', 0)
  sampler.see(track('cart_updated'), undefined, 0)
  sampler.see({ ...HEAD, op: 'identify', attributes: { email: null } }, undefined, 0)
  sampler.see({ ...HEAD, op: 'delete' }, undefined, 0)
  expect(taken(sampler)).toEqual({
    'shop@1 order_placed': 1,
    'shop@2 order_placed': 1,
    'unknown cart_updated': 1,
    'unknown identify': 1,
  })
  expect(taken(sampler)).toEqual({})
})

test('a busy event costs no more than its share of a second, and hides no quiet one', () => {
  const sampler = new EventSampler()
  for (let n = 0; n < 1000; n += 1) sampler.see(track('busy'), undefined, 5000)
  sampler.see(track('quiet'), undefined, 5000)
  sampler.see(track('busy'), undefined, 6000)
  expect(taken(sampler)).toEqual({
    'unknown busy': SAMPLED_PER_SECOND + 1,
    'unknown quiet': 1,
  })
})

test('names beyond the bound are counted, and those that are known are seen all the same', () => {
  const sampler = new EventSampler()
  sampler.see(track('known'), undefined, 0)
  for (let n = 0; n < 10_000; n += 1) sampler.see(track(`name-${n}`), undefined, 0)
  sampler.see(track('x'.repeat(DRIFT_LIMITS.nameLength + 1)), undefined, 0)
  sampler.see(track('known'), undefined, 0)
  const { profiles, over } = sampler.take()
  expect(profiles).toHaveLength(DRIFT_LIMITS.profiles)
  expect(over).toBe(10_001 - DRIFT_LIMITS.profiles + 1)
  expect(profiles[0]).toMatchObject({ name: 'known', profile: { events: 2 } })
})

test('what could not be stored is there the next time', () => {
  const sampler = new EventSampler()
  sampler.see(track('order_placed'), undefined, 0)
  const { profiles } = sampler.take()
  sampler.see(track('order_placed'), undefined, 1000)
  sampler.putBack(profiles)
  expect(taken(sampler)).toEqual({ 'unknown order_placed': 2 })
})
