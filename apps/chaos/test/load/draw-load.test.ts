// The load of a run: what a restarted process draws again is the same, and the checker can tell its events apart.

import { isUlid } from '@retention-relay/events'
import { expect, test } from 'vitest'

import { drawLoad } from '../../src/load/draw-load.ts'
import { eventTimes } from '../../src/load/event-times.ts'
import type { PlannedCall } from '../../src/load/planned-call.ts'
import { drawPlantedJobs } from '../../src/load/planted-jobs.ts'
import { drawSchedule } from '../../src/schedule/draw-schedule.ts'

const seeds = Array.from({ length: 8 }, (_, index) => index + 1)

function callsOf(seed: number): PlannedCall[] {
  const { load } = drawSchedule(seed, 10_000)
  const numbers = Array.from({ length: load.producers }, (_, index) => index + 1)
  return numbers.flatMap((producer) => drawLoad({ seed, namespace: 'chaos', producer, load }))
}

test('a producer draws the same calls again, in the order of their times', () => {
  for (const seed of seeds) expect(callsOf(seed)).toEqual(callsOf(seed))
  const { load } = drawSchedule(1, 10_000)
  const times = drawLoad({ seed: 1, namespace: 'chaos', producer: 1, load }).map(({ atMs }) => atMs)
  expect(times).toEqual(times.toSorted((one, other) => one - other))
})

test('calls with one id are one order of one customer; all others have ids of their own', () => {
  let repeated = 0
  for (const seed of seeds) {
    const byId = new Map<string, PlannedCall>()
    for (const call of callsOf(seed)) {
      expect(isUlid(call.id)).toBe(true)
      const before = byId.get(call.id)
      byId.set(call.id, call)
      if (before === undefined) continue
      repeated += 1
      expect([before.name, call.name]).toEqual(['order_placed', 'order_placed'])
      expect(before.customerId).toBe(call.customerId)
    }
  }
  expect(repeated).toBeGreaterThan(0)
})

test('of what has no id at the destination, op, customer and mark are of one event only', () => {
  for (const seed of seeds) {
    const marked = callsOf(seed).filter(({ op }) => op !== 'track')
    const marks = new Set(marked.map(({ op, customerId, mark }) => `${op} ${customerId} ${mark}`))
    expect(marks.size).toBe(marked.length)
  }
})

test('nothing is called about a customer after it was merged', () => {
  for (const seed of seeds) {
    for (const { customerId, op, atMs } of callsOf(seed)) {
      if (op !== 'merge') continue
      const later = callsOf(seed).filter(
        (call) => call.customerId === customerId && call.atMs > atMs,
      )
      expect(later).toEqual([])
    }
  }
})

test('a checkout may die as superseded if the customer has an order that happened later, and no other may', () => {
  const [startedAt, counts] = [Date.UTC(2026, 0, 1), { planted: 0, spared: 0 }]
  for (const seed of seeds) {
    const { load } = drawSchedule(seed, 10_000)
    const numbers = Array.from({ length: load.producers }, (_, index) => index + 1)
    const happened = numbers.flatMap((producer) => {
      const calls = drawLoad({ seed, namespace: 'chaos', producer, load })
      const times = eventTimes(calls, { producer, startedAt })
      return calls.map((call) => ({ ...call, occurredAt: times.get(call.id)! }))
    })
    const orders = happened.filter(({ name }) => name === 'order_placed')
    for (const { name, customerId, occurredAt, planted } of happened) {
      if (name !== 'checkout_started') continue
      const isSuperseded = orders.some(
        (order) => order.customerId === customerId && order.occurredAt > occurredAt,
      )
      expect(planted).toBe(isSuperseded ? 'superseded' : undefined)
      counts[isSuperseded ? 'planted' : 'spared'] += 1
    }
  }
  expect(counts.planted).toBeGreaterThan(0)
  expect(counts.spared).toBeGreaterThan(0)
})

test('planted jobs name each event that will die, with its reason', () => {
  const jobs = seeds.flatMap((seed) => drawPlantedJobs(drawSchedule(seed, 10_000), 'chaos'))
  const reasons = new Set(jobs.flatMap(({ calls }) => calls.map(({ planted }) => planted)))
  expect(reasons).toEqual(new Set(['malformed', 'wrong_environment', 'invalid', undefined]))
  for (const { calls, count } of jobs) expect(calls).toHaveLength(count)
})
