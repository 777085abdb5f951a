// Which of two wall clocks an event is judged by.

import { expect, test } from 'vitest'

import { WallClocks } from '../src/wall-clocks.ts'

function setup() {
  const own = { monotonicMs: 5, wallMs: 1000 }
  const clock = new WallClocks({ monotonic: () => own.monotonicMs, wall: () => own.wallMs })
  return { own, clock, both: () => [clock.earlier(), clock.later()] }
}

test('until Redis has told its time the own clock is all there is', () => {
  expect(setup().both()).toEqual([1000, 1000])
})

test.each([
  [900, [900, 1000]],
  [1100, [1000, 1100]],
])('the clock of Redis that says %d is the other one', (redisMs, expected) => {
  const { clock, both } = setup()
  clock.told(redisMs)
  expect(both()).toEqual(expected)
})

test('the clock of Redis goes on while Redis says nothing, whatever the own one does', () => {
  const { own, clock, both } = setup()
  clock.told(1100)
  own.monotonicMs += 50
  own.wallMs = 7
  expect(both()).toEqual([7, 1150])
})
