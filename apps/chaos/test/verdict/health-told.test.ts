import { expect, test } from 'vitest'

import type { HealthChange } from '../../src/stage/health-watch.ts'
import type { Outage } from '../../src/stage/run-file.ts'
import { untoldOutages } from '../../src/verdict/health-told.ts'
import type { Watched } from '../../src/verdict/health-told.ts'

function watched(...changes: readonly [at: number, state: HealthChange['state']][]): Watched {
  return { changes: changes.map(([at, state]) => ({ at, state })), isSeenIn: () => true }
}

const steady = watched([0, 'ready'])
const honest = watched([0, 'ready'], [11_000, 'not_ready'], [16_000, 'ready'])
const redisAway: Outage = { what: 'redis_away', from: 10_000, until: 15_000 }
const destination: Outage = { what: 'destination', from: 10_000, until: 15_000 }

test('a worker that calls itself ready all through an outage of Redis deceives', () => {
  expect(untoldOutages([honest, honest], [redisAway])).toEqual([])
  expect(untoldOutages([honest, steady], [redisAway])).toHaveLength(1)
})

test('of an outage of the destination one worker must tell', () => {
  expect(untoldOutages([honest, steady], [destination])).toEqual([])
  expect(untoldOutages([steady, steady], [destination])).toHaveLength(1)
  expect(untoldOutages([], [destination])).toEqual([])
})

test('while Redis is away nobody has anything to send', () => {
  const away = { ...redisAway, until: 10_500 }
  expect(untoldOutages([steady], [destination, away])).toEqual([])
})

test('what is too short may pass unnoticed', () => {
  const short = { ...redisAway, until: 11_000 }
  const silent: Outage = { what: 'redis_silent', from: 10_000, until: 15_000 }
  expect(untoldOutages([steady], [short, silent])).toEqual([])
})

test('a worker that was ready before and after, and not in between, has told', () => {
  const late = watched([0, 'ready'], [15_500, 'not_ready'])
  const tooLate = watched([0, 'ready'], [16_500, 'not_ready'])
  expect(untoldOutages([late], [redisAway])).toEqual([])
  expect(untoldOutages([tooLate], [redisAway])).toHaveLength(1)
})
