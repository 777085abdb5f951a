// The load of a run: what a restarted process draws again is the same, and the checker can tell its events apart.

import { isUlid } from '@retention-relay/events'
import { expect, test } from 'vitest'

import { drawLaterCalls, drawLoad } from '../../src/load/draw-load.ts'
import { eventTimes } from '../../src/load/event-times.ts'
import type { PlannedCall } from '../../src/load/planned-call.ts'
import { drawPlantedJobs } from '../../src/load/planted-jobs.ts'
import { drawSchedule } from '../../src/schedule/draw-schedule.ts'

const seeds = Array.from({ length: 8 }, (_, index) => index + 1)

/** The default, and longer ones. */
const DURATIONS_MS = [10_000, 90_000, 240_000]
const STARTED_AT = Date.UTC(2026, 0, 1)
const DAY_MS = 86_400_000

interface HappenedCall extends PlannedCall {
  readonly producer: number
  readonly occurredAt: number
}

/** The calls of all producers, with the times of their events. */
function happenedIn(seed: number, loadMs: number): HappenedCall[] {
  const { load } = drawSchedule(seed, loadMs)
  const numbers = Array.from({ length: load.producers }, (_, index) => index + 1)
  return numbers.flatMap((producer) => {
    const place = { seed, namespace: 'chaos', producer, load }
    const calls = drawLoad(place)
    const laterCalls = drawLaterCalls(place)
    const times = eventTimes(calls, { laterCalls, startedAt: STARTED_AT })
    return calls.map((call) => ({ ...call, producer, occurredAt: times.get(call.id)! }))
  })
}

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

test.each(DURATIONS_MS)(
  'in a load of %d ms events happened a second apart, in order, before it and within a day',
  (loadMs) => {
    const lastAt = new Map<string, number>()
    // Producers with a larger number told of what happened earlier.
    const inOrder = happenedIn(1, loadMs).toSorted((one, other) => other.producer - one.producer)
    const lastCalls = new Map(inOrder.map((call) => [`${call.producer} ${call.id}`, call]))
    const wrong = [...lastCalls.values()].toSorted(byPlaceIn(inOrder)).filter((call) => {
      const earliest = (lastAt.get(call.customerId) ?? STARTED_AT - DAY_MS) + 1000
      lastAt.set(call.customerId, call.occurredAt)
      return call.occurredAt < earliest || call.occurredAt >= STARTED_AT
    })
    expect(wrong).toEqual([])
  },
)

function byPlaceIn(calls: readonly HappenedCall[]) {
  const places = new Map(calls.map((call, index) => [call, index]))
  return (one: HappenedCall, other: HappenedCall) => places.get(one)! - places.get(other)!
}

test('a checkout may die as superseded if the customer has an order that happened later, and no other may', () => {
  const runs = seeds.map((seed) => happenedIn(seed, 10_000))
  const checkouts = [...runs, happenedIn(1, 90_000)].flatMap((happened) => {
    const orderedAt = new Map<string, number>()
    for (const { name, customerId, occurredAt } of happened) {
      const before = orderedAt.get(customerId) ?? -Infinity
      if (name === 'order_placed') orderedAt.set(customerId, Math.max(before, occurredAt))
    }
    return happened
      .filter(({ name }) => name === 'checkout_started')
      .map(({ customerId, occurredAt, planted }) => {
        const isSuperseded = (orderedAt.get(customerId) ?? -Infinity) > occurredAt
        return { planted, expected: isSuperseded ? 'superseded' : undefined }
      })
  })
  expect(checkouts.filter(({ planted, expected }) => planted !== expected)).toEqual([])
  expect(new Set(checkouts.map(({ planted }) => planted))).toEqual(
    new Set(['superseded', undefined]),
  )
})

test('planted jobs name each event that will die, with its reason', () => {
  const jobs = seeds.flatMap((seed) => drawPlantedJobs(drawSchedule(seed, 10_000), 'chaos'))
  const reasons = new Set(jobs.flatMap(({ calls }) => calls.map(({ planted }) => planted)))
  expect(reasons).toEqual(new Set(['malformed', 'wrong_environment', 'invalid', undefined]))
  for (const { calls, count } of jobs) expect(calls).toHaveLength(count)
})
