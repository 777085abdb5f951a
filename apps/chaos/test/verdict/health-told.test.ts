import { expect, test } from 'vitest'

import type { HealthChange } from '../../src/stage/health-watch.ts'
import type { Outage } from '../../src/stage/run-file.ts'
import { failedRequests, untoldOutages } from '../../src/verdict/health-told.ts'
import type { Watched } from '../../src/verdict/health-told.ts'

function watched(...changes: readonly [at: number, state: HealthChange['state']][]): Watched {
  return { changes: changes.map(([at, state]) => ({ at, state })), isSeenIn: () => true }
}

/** A request failed as soon as there was an outage. */
function untold(watches: readonly Watched[], outages: readonly Outage[]): string[] {
  return untoldOutages({ watches, outages, failedAt: [10_100] })
}

const steady = watched([0, 'ready'])
const honest = watched([0, 'ready'], [11_000, 'not_ready'], [16_000, 'ready'])
const redisAway: Outage = { what: 'redis_away', from: 10_000, until: 15_000 }
const destination: Outage = { what: 'destination', from: 10_000, until: 15_000 }

test('a worker that calls itself ready all through an outage of Redis deceives', () => {
  expect(untold([honest, honest], [redisAway])).toEqual([])
  expect(untold([honest, steady], [redisAway])).toHaveLength(1)
})

test('of an outage of the destination one worker must tell', () => {
  expect(untold([honest, steady], [destination])).toEqual([])
  expect(untold([steady, steady], [destination])).toHaveLength(1)
  expect(untold([], [destination])).toEqual([])
})

test('while Redis is away nobody has anything to send', () => {
  const away = { ...redisAway, until: 10_500 }
  expect(untold([steady], [destination, away])).toEqual([])
})

test('a worker whose writes are refused says so, unless it cannot hear of it', () => {
  const refuses: Outage = { what: 'redis_refuses', from: 10_000, until: 12_500 }
  const held: Outage = { what: 'link_held', from: 9000, until: 11_000 }
  expect(untold([honest], [refuses])).toEqual([])
  expect(untold([honest, steady], [refuses])).toHaveLength(1)
  expect(untold([steady], [{ ...refuses, until: 11_500 }])).toEqual([])
  expect(untold([steady], [refuses, held])).toEqual([])
  expect(untold([steady], [held])).toEqual([])
})

test('what is too short may pass unnoticed', () => {
  const short = { ...redisAway, until: 11_000 }
  const silent: Outage = { what: 'redis_silent', from: 10_000, until: 15_000 }
  expect(untold([steady], [short, silent])).toEqual([])
})

test('a worker that was ready before and after, and not in between, has told', () => {
  const late = watched([0, 'ready'], [15_500, 'not_ready'])
  const tooLate = watched([0, 'ready'], [16_500, 'not_ready'])
  expect(untold([late], [redisAway])).toEqual([])
  expect(untold([tooLate], [redisAway])).toHaveLength(1)
})

test('nobody can tell of an outage of the destination who had nothing to send, or too late', () => {
  const outages = [destination]
  expect(untoldOutages({ watches: [steady], outages, failedAt: [] })).toEqual([])
  expect(untoldOutages({ watches: [steady], outages, failedAt: [9900, 12_000] })).toEqual([])
  expect(untoldOutages({ watches: [steady], outages, failedAt: [11_400] })).toHaveLength(1)
})

test('a request failed unless its answer begins with 2', () => {
  const endings = ['200', '502', '401', 'reset', 'left']
  const receipts = endings.map(
    (ending, at) => ({ kind: 'ended', request: at, at, ending }) as const,
  )
  expect(failedRequests(receipts)).toEqual([1, 2, 3, 4])
})
