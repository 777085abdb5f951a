// When the namespace is paused because too much is rejected, and that a person's word ends it.
import type { DeadLetterRecord } from '@retention-relay/events'
import { expect, test } from 'vitest'

import { MassRejection } from '../src/mass-rejection.ts'
import { NamespacePause } from '../src/namespace-pause.ts'
import { Recorder } from './recorder.ts'

const setup = () => {
  const observer = new Recorder()
  const pause = new NamespacePause(observer)
  const redis: { pause: string | null } = { pause: null }
  const registry = {
    register: async () => ({ live: ['w'], pause: redis.pause }),
    pause: async (detail: string) => {
      redis.pause ??= detail
    },
  }
  return { observer, pause, redis, registry, watch: new MassRejection(pause) }
}

const dead = (
  label: string,
  count: number,
  reason: DeadLetterRecord['reason'] = 'rejected',
): DeadLetterRecord[] =>
  Array.from({ length: count }, () => ({ label, reason }) as DeadLetterRecord)

const threeNames = (each: number): DeadLetterRecord[] =>
  ['order_placed', 'checkout_started', 'product_viewed'].flatMap((name) => dead(name, each))

test.each([
  ['more than a fifth of fifty, over three names', 38, threeNames(4), true],
  ['a fifth and no more', 48, threeNames(4), false],
  ['fewer than fifty outcomes', 37, threeNames(4), false],
  ['two names', 10, [...dead('order_placed', 50), ...dead('checkout_started', 50)], false],
  [
    'oversize ones count',
    38,
    threeNames(4).map((letter) => ({ ...letter, reason: 'oversize' as const })),
    true,
  ],
  [
    'other deaths do not',
    38,
    threeNames(40).map((letter) => ({ ...letter, reason: 'malformed' as const })),
    false,
  ],
])('%s', (_name, delivered, letters, isPaused) => {
  const { pause, watch } = setup()
  watch.note(delivered, letters)
  expect(pause.held).toBe(isPaused)
})

test('only the last two hundred outcomes count', () => {
  const { pause, watch } = setup()
  for (let count = 0; count < 100; count += 1) watch.note(100, [])
  watch.note(10, threeNames(13))
  expect(pause.held).toBe(false)
  watch.note(0, threeNames(10))
  expect(pause.held).toBe(true)
})

test('a large batch of which a third is rejected is seen, however many of it were accepted', () => {
  const { pause, watch } = setup()
  watch.note(300, threeNames(50))
  expect(pause.held).toBe(true)
})

test('the pause holds at once, goes to Redis with the next sign of life, and ends when Redis says so', async () => {
  const { observer, pause, redis, registry, watch } = setup()
  watch.note(0, threeNames(20))
  expect([pause.held, redis.pause, observer.pauses]).toEqual([true, null, ['mass_rejection']])
  await pause.register(registry)
  expect([pause.held, redis.pause]).toEqual([
    true,
    '60 of the last 60 events were rejected (order_placed, checkout_started, product_viewed)',
  ])
  redis.pause = null
  await pause.register(registry)
  expect([pause.held, observer.resumes]).toEqual([false, ['mass_rejection']])
})

test('a pause that Redis could not be told is told again, and is not taken for ended', async () => {
  const { pause, redis, registry, watch } = setup()
  watch.note(0, threeNames(20))
  const away = { ...registry, pause: () => Promise.reject(new Error('ECONNRESET')) }
  await expect(pause.register(away)).rejects.toThrow('ECONNRESET')
  expect(pause.held).toBe(true)
  await pause.register(registry)
  expect([pause.held, redis.pause === null]).toEqual([true, false])
})

test('a pause that is asked for while a sign of life is under way survives its reply', async () => {
  const { pause, registry, watch } = setup()
  const late = {
    ...registry,
    register: async () => {
      watch.note(0, threeNames(20))
      return { live: ['w'], pause: null }
    },
  }
  await pause.register(late)
  expect(pause.held).toBe(true)
})

test('another worker pauses too, and passes when the pause ends', async () => {
  const { pause, redis, registry } = setup()
  redis.pause = 'seen by another worker'
  await pause.register(registry)
  let hasPassed = false
  const passing = pause.pass(new AbortController().signal).then(() => (hasPassed = true))
  redis.pause = null
  expect(hasPassed).toBe(false)
  await pause.register(registry)
  await passing
  expect(hasPassed).toBe(true)
})

test('after a pause the count begins anew', async () => {
  const { pause, redis, registry, watch } = setup()
  watch.note(0, threeNames(20))
  await pause.register(registry)
  redis.pause = null
  await pause.register(registry)
  watch.note(0, threeNames(10))
  expect(pause.held).toBe(false)
})
